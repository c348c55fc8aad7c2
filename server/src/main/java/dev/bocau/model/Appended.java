package dev.bocau.model;

import org.jspecify.annotations.Nullable;

/// One entry that a commit has put at the end of a user's log.
///
/// @param before the offset of the entry in front of it: a session that stands there may be handed
///   the entry without reading the log
/// @param message the message, where the entry is a new message; null: read the log
public record Appended(
        UserId user, Track track, long before, long offset, @Nullable Message message) {}
