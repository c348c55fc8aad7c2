package dev.bocau.store.embedded;

import dev.bocau.model.Conversation;
import dev.bocau.model.ConversationId;
import dev.bocau.model.UserId;
import dev.bocau.store.embedded.Rows.ConversationRow;
import dev.bocau.store.embedded.Rows.MemberRow;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the committer must know of a conversation to decide about it. Includes what the batch under
/// way has changed.
final class OpenConversation {
    Conversation conversation;
    final long createdAtMs;
    final Map<UserId, MemberRow> members = new LinkedHashMap<>();
    long headSeq;
    long lastTimestampMs;

    OpenConversation(Conversation conversation, long createdAtMs) {
        this.conversation = conversation;
        this.createdAtMs = createdAtMs;
    }

    ConversationId id() {
        return conversation.id();
    }

    static @Nullable OpenConversation load(Kv kv, ConversationId id) {
        byte[] row = kv.get(Table.CONVERSATIONS, Keys.of(id.value()));
        if (row == null) {
            return null;
        }
        ConversationRow kept = ConversationRow.of(id, row);
        OpenConversation open = new OpenConversation(kept.conversation(), kept.createdAtMs());
        byte[] under = Keys.under(id.value());
        byte[] end = Keys.end(under);
        try (Kv.View view = kv.view()) {
            view.scan(
                    Table.MEMBERS,
                    under,
                    end,
                    (key, value) -> {
                        open.members.put(new UserId(Keys.last(key)), MemberRow.of(value));
                        return true;
                    });
            view.scanBack(
                    Table.MESSAGES,
                    under,
                    end,
                    (key, value) -> {
                        open.headSeq = Keys.number(key);
                        open.lastTimestampMs = Rows.message(id, open.headSeq, value).timestampMs();
                        return false;
                    });
        }
        return open;
    }
}
