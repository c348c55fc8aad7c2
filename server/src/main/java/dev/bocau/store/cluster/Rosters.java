package dev.bocau.store.cluster;

import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.data.TupleValue;
import com.datastax.oss.driver.api.core.type.DataTypes;
import com.datastax.oss.driver.api.core.type.TupleType;
import dev.bocau.model.Conversation;
import dev.bocau.model.ConversationId;
import dev.bocau.model.UserId;
import dev.bocau.store.cluster.Roster.Membership;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;

/// The rosters in Cassandra. What they say never changes, so those that were read are kept, the
/// newest. One that another has taken the place of goes in a day; one of a step that lost, or died
/// before it was decided, stays.
final class Rosters {
    private static final TupleType MEMBERSHIP =
            DataTypes.tupleOf(DataTypes.BIGINT, DataTypes.BIGINT, DataTypes.BIGINT);

    private static final int LEFT_SECONDS = 86_400;

    private final Cassandra cassandra;
    private final Map<UUID, Roster> known;
    private final int maxMembers;
    private int members;

    /// @param maxMembers of the rosters that are kept in memory, all together
    Rosters(Cassandra cassandra, int maxMembers) {
        this.cassandra = cassandra;
        this.maxMembers = maxMembers;
        this.known = new LinkedHashMap<>(16, 0.75f, true);
    }

    /// The roster of this id, which a conversation names.
    Roster get(ConversationId conversation, UUID id) {
        synchronized (known) {
            Roster roster = known.get(id);
            if (roster != null) {
                return roster;
            }
        }
        Row row =
                cassandra
                        .row(
                                "SELECT kind, title, history, created_ms, members FROM roster WHERE roster = ?",
                                id)
                        .orElseThrow(() -> new IllegalStateException("no roster " + id));
        Roster roster =
                new Roster(
                        id,
                        conversation(conversation, row),
                        row.getLong("created_ms"),
                        members(row));
        keep(roster);
        return roster;
    }

    private static Conversation conversation(ConversationId id, Row row) {
        return new Conversation(
                id,
                Conversation.Kind.valueOf(Objects.requireNonNull(row.getString("kind"))),
                Objects.requireNonNull(row.getString("title")),
                Conversation.History.valueOf(Objects.requireNonNull(row.getString("history"))));
    }

    private static Map<UserId, Membership> members(Row row) {
        Map<UserId, Membership> members = new LinkedHashMap<>();
        Objects.requireNonNull(row.getMap("members", String.class, TupleValue.class))
                .forEach((user, tuple) ->
                        members.put(
                                new UserId(user),
                                new Membership(
                                        tuple.getLong(0), tuple.getLong(1), tuple.getLong(2))));
        return members;
    }

    /// Writes a roster, which nothing names yet.
    void put(Roster roster) {
        cassandra.write(
                "INSERT INTO roster (roster, kind, title, history, created_ms, members) VALUES (?, ?, ?, ?, ?, ?)",
                values(roster));
        keep(roster);
    }

    /// Another one has certainly taken its place: only full buckets still name it. Who has just
    /// read its name has a day to read it. Does not wait.
    void leave(Roster roster) {
        cassandra.writeSometime(
                "INSERT INTO roster (roster, kind, title, history, created_ms, members) VALUES (?, ?, ?, ?, ?, ?) USING TTL "
                        + LEFT_SECONDS,
                values(roster));
    }

    private static Object[] values(Roster roster) {
        Map<String, TupleValue> members = new TreeMap<>();
        roster.members()
                .forEach((user, membership) ->
                        members.put(
                                user.value(),
                                MEMBERSHIP.newValue(
                                        membership.sinceSeq(),
                                        membership.joinedSeq(),
                                        membership.joinedAtMs())));
        Conversation conversation = roster.conversation();
        return new Object[] {
            roster.id(),
            conversation.kind().name(),
            conversation.title(),
            conversation.history().name(),
            roster.createdAtMs(),
            members
        };
    }

    private void keep(Roster roster) {
        synchronized (known) {
            if (known.put(roster.id(), roster) == null) {
                members += roster.members().size();
            }
            var eldest = known.values().iterator();
            while (members > maxMembers && known.size() > 1) {
                members -= eldest.next().members().size();
                eldest.remove();
            }
        }
    }
}
