package dev.bocau.store;

import dev.bocau.model.DeviceId;
import dev.bocau.model.Mark;
import dev.bocau.model.Position;
import dev.bocau.model.UserId;
import java.util.List;
import java.util.Optional;

/// A device has stored what it was sent.
///
/// @param session which of the device's sessions says so, by its number; 0: none, as without cursor
/// @param cursor where it stands now; empty: leave the stored one
/// @param delivered the newest message per conversation that it has got from others
public record Acknowledgement(
        UserId user,
        DeviceId device,
        long session,
        Optional<Position> cursor,
        List<Mark> delivered) {}
