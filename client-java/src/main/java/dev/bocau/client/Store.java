package dev.bocau.client;

import dev.bocau.protocol.Conversation;
import dev.bocau.protocol.Message;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Keeps what one device of one user holds; the app implements it on its database, or uses a {@link
/// MemoryStore}. Rows are protobuf messages: a table of keys and bytes is enough.
///
/// - A transaction is atomic: when its work throws, none of its writes stay.
/// - Transactions run one after the other, whichever thread they are asked for on; each sees what
///   the ones before it wrote.
public interface Store {
    <T extends @Nullable Object> T transaction(Function<Transaction, T> work);

    /// The rows, within a transaction.
    interface Transaction {
        /// Where the device stands: the position of the last frame whose effect is stored.
        byte @Nullable [] position();

        void setPosition(byte[] position);

        @Nullable Conversation conversation(String id);

        List<Conversation> conversations();

        /// By its id. One that was made at 0 is a stub: a message came before its state.
        void putConversation(Conversation conversation);

        /// Everything of one conversation, what waits to be sent to it too.
        void removeConversation(String id);

        @Nullable Message message(String conversationId, long seq);

        /// The newest so many, oldest first.
        List<Message> messages(String conversationId, int limit);

        /// By its conversation and seq.
        void putMessage(Message message);

        void removeMessagesBelow(String conversationId, long seq);

        /// By order.
        List<OutboxItem> outbox();

        @Nullable OutboxItem outboxItem(String localId);

        /// By its local id.
        void putOutboxItem(OutboxItem item);

        void removeOutboxItem(String localId);

        /// By conversation, then by seq, which together are the key.
        List<PendingRead> pendingReads();

        void putPendingRead(PendingRead read);

        /// Both ends included.
        void removePendingReads(String conversationId, long fromSeq, long toSeq);

        /// Position, conversations and messages; what waits to be sent stays.
        void forget();
    }
}
