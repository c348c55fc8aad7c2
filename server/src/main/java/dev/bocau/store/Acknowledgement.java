package dev.bocau.store;

import dev.bocau.model.DeviceId;
import dev.bocau.model.Mark;
import dev.bocau.model.Position;
import dev.bocau.model.UserId;
import java.util.List;
import java.util.Optional;

/// A device has stored what it was sent.
///
/// @param cursor where it stands now; empty: leave the stored one
/// @param delivered the newest message per conversation that it has got from others
public record Acknowledgement(
        UserId user, DeviceId device, Optional<Position> cursor, List<Mark> delivered) {}
