package dev.bocau.store.embedded;

import dev.bocau.model.ConversationId;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds a message by its id without an index: the id carries the message's timestamp, and
/// timestamps never decrease along a conversation, so the place is found by halving.
final class MessageSearch {
    private MessageSearch() {}

    /// Where messages are read: the state within a batch, or a view.
    interface Rowing {
        byte @Nullable [] get(Table table, byte[] key);
    }

    static Optional<Long> seqOf(
            ConversationId conversation, long headSeq, MessageId id, Rowing rows) {
        long low = 1;
        long high = headSeq + 1;
        while (low < high) {
            long middle = (low + high) >>> 1;
            Message message = message(conversation, middle, rows);
            if (message == null || message.timestampMs() < id.timestampMs()) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        for (long seq = low; seq <= headSeq; seq++) {
            Message message = message(conversation, seq, rows);
            if (message == null || message.timestampMs() > id.timestampMs()) {
                break;
            }
            if (message.id().equals(id)) {
                return Optional.of(seq);
            }
        }
        return Optional.empty();
    }

    private static @Nullable Message message(ConversationId conversation, long seq, Rowing rows) {
        byte[] row = rows.get(Table.MESSAGES, Keys.numbered(conversation.value(), seq));
        return row == null ? null : Rows.message(conversation, seq, row);
    }
}
