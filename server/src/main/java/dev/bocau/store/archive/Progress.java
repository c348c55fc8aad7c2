package dev.bocau.store.archive;

import dev.bocau.model.ConversationId;
import dev.bocau.model.UserId;
import java.util.Optional;

/// How far a migration is: conversations by id come first, then users.
///
/// @param finished whether there is nothing left to be put
public record Progress(
        Optional<ConversationId> conversation, Optional<UserId> user, boolean finished) {}
