package dev.bocau.store.archive;

import dev.bocau.model.ConversationId;
import dev.bocau.model.UserId;
import java.util.List;
import java.util.Optional;

/// An archive that knows what all there is in it.
public interface ArchiveSource extends Archive {
    /// By id.
    List<ConversationId> conversations(Optional<ConversationId> after, int limit);

    /// Those of whom there is a name or a device, by id.
    List<UserId> users(Optional<UserId> after, int limit);
}
