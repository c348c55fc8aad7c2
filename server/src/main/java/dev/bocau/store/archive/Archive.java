package dev.bocau.store.archive;

import dev.bocau.model.ConversationId;
import dev.bocau.model.Message;
import dev.bocau.model.UserId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// All that a store keeps, to be read while nothing is written.
public interface Archive extends AutoCloseable {
    Optional<ArchivedConversation> conversation(ConversationId id);

    /// The messages of these seqs, in order.
    List<Message> messages(ConversationId id, long from, long to);

    /// What was sent into a conversation under which `localId`, as far as it is remembered.
    Set<Remembered> remembered(ConversationId id);

    ArchivedUser user(UserId id);

    @Override
    void close();
}
