package dev.bocau.store;

import dev.bocau.model.Position;
import java.util.Optional;

/// What is kept of a device from its earlier sessions.
///
/// @param cursor where it stood when it last acknowledged, at most about a second old
/// @param lastSyncAtMs when that was; 0: never
public record Connected(Optional<Position> cursor, long lastSyncAtMs) {}
