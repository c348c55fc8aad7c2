package dev.bocau.store.archive;

import dev.bocau.model.ConversationId;
import dev.bocau.model.Message;
import java.util.Collection;
import java.util.List;

/// A store into which an archive can be put, as long as no server uses it. What is put twice is as
/// if it were put once.
public interface ArchiveTarget extends Archive {
    /// Begins, or goes on where it was given up. Until {@link #finish} no server starts on it.
    ///
    /// @throws IllegalStateException in words for an operator: it has been used by a server
    Progress begin();

    void put(ArchivedConversation conversation);

    /// Puts some of a conversation's messages.
    void put(ConversationId id, List<Message> messages);

    void remember(ConversationId id, Collection<Remembered> remembered);

    void put(ArchivedUser user);

    /// All up to here need not be put again.
    void reached(Progress progress);

    void finish();
}
