package dev.bocau.store;

import dev.bocau.model.Position;
import java.util.Optional;

/// A device is let in.
///
/// @param session the number of this session among those of the device: newer ones have higher ones
/// @param cursor where it stood when it last acknowledged, at most about a second old
/// @param lastSyncAtMs when that was; 0: never
public record Connected(long session, Optional<Position> cursor, long lastSyncAtMs) {}
