package dev.bocau.store;

import dev.bocau.model.Device;
import dev.bocau.model.Position;
import java.util.Optional;

/// A device that has a push token, or had one until its provider called it invalid.
///
/// @param acknowledged where it stood when it last acknowledged, at most about a second old
public record PushTarget(Device device, Optional<Position> acknowledged, PushMark mark) {}
