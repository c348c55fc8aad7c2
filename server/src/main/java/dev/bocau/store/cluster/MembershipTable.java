package dev.bocau.store.cluster;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.bocau.model.ConversationId;
import dev.bocau.model.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Which conversations a user is in, for listing them. Whoever decides something asks the
/// conversation itself.
final class MembershipTable {
    private static final int AT_A_TIME = 100;

    private final Cassandra cassandra;
    private final Installation installation;

    MembershipTable(Cassandra cassandra, Installation installation) {
        this.cassandra = cassandra;
        this.installation = installation;
    }

    /// Writes who is in a conversation and who is not any more, as of its version.
    void write(ConversationView view, Collection<UserId> members, Collection<UserId> left) {
        List<BoundStatement> rows = new ArrayList<>();
        members.forEach(user -> rows.add(row(view, user, true)));
        left.forEach(user -> rows.add(row(view, user, false)));
        cassandra.writeAll(rows);
    }

    private BoundStatement row(ConversationView view, UserId user, boolean joined) {
        return cassandra.bound(
                "INSERT INTO membership (user, conversation, joined) VALUES (?, ?, ?) USING TIMESTAMP ?",
                installation.of(user),
                view.id().value(),
                joined,
                view.version());
    }

    /// The user's conversations by id.
    List<ConversationId> of(UserId user, Optional<ConversationId> after, int limit) {
        List<ConversationId> found = new ArrayList<>();
        String last = after.map(ConversationId::value).orElse("");
        boolean more = true;
        while (more && found.size() < limit) {
            List<Row> rows =
                    cassandra.rows(
                            "SELECT conversation, joined FROM membership WHERE user = ? AND conversation > ? LIMIT ?",
                            installation.of(user),
                            last,
                            Math.max(limit - found.size(), AT_A_TIME));
            more = !rows.isEmpty();
            for (Row row : rows) {
                last = Objects.requireNonNull(row.getString("conversation"));
                if (row.getBoolean("joined") && found.size() < limit) {
                    found.add(new ConversationId(last));
                }
            }
        }
        return found;
    }

    /// Those of these conversations that the user is in.
    Set<ConversationId> among(UserId user, List<ConversationId> some) {
        Set<ConversationId> found = new HashSet<>();
        for (int from = 0; from < some.size(); from += AT_A_TIME) {
            List<String> ids =
                    some.subList(from, Math.min(some.size(), from + AT_A_TIME)).stream()
                            .map(ConversationId::value)
                            .toList();
            for (Row row :
                    cassandra.rows(
                            "SELECT conversation, joined FROM membership WHERE user = ? AND conversation IN ?",
                            installation.of(user),
                            ids)) {
                if (row.getBoolean("joined")) {
                    found.add(
                            new ConversationId(
                                    Objects.requireNonNull(row.getString("conversation"))));
                }
            }
        }
        return found;
    }

    /// Writes until when a user does not want to be notified of a conversation.
    void mute(UserId user, ConversationId conversation, long untilMs) {
        cassandra.write(
                "INSERT INTO muted (user, conversation, until_ms) VALUES (?, ?, ?)",
                installation.of(user),
                conversation.value(),
                untilMs);
    }

    /// Until when; 0: not muted.
    long mutedUntilMs(UserId user, ConversationId conversation) {
        return cassandra
                .row(
                        "SELECT until_ms FROM muted WHERE user = ? AND conversation = ?",
                        installation.of(user),
                        conversation.value())
                .map(row -> row.getLong(0))
                .orElse(0L);
    }
}
