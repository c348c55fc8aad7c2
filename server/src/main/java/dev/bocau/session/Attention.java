package dev.bocau.session;

import dev.bocau.model.DeviceId;
import dev.bocau.model.Mark;
import dev.bocau.model.Position;
import dev.bocau.model.Position.Cursor;
import dev.bocau.model.UserId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whether somebody looks at a device: in the background nobody sees what it is sent, and whoever
/// wants to know is told. Not safe for several threads; its drain guards it.
final class Attention {
    private final Background background;
    private final UserId user;
    private final DeviceId device;

    /// What was acknowledged when the app went into the background; null: it is in the foreground.
    private @Nullable Position acknowledged;

    Attention(Background background, UserId user, DeviceId device) {
        this.background = background;
        this.user = user;
        this.device = device;
    }

    void active(boolean active, Position acknowledgedNow) {
        if (active) {
            acknowledged = null;
        } else if (acknowledged == null) {
            acknowledged = acknowledgedNow;
        }
    }

    /// Something was sent.
    ///
    /// @param ofOthers messages of others in it
    void sent(List<Mark> ofOthers) {
        if (acknowledged != null && !ofOthers.isEmpty()) {
            background.sent(
                    user,
                    device,
                    acknowledged instanceof Cursor at ? Optional.of(at) : Optional.empty());
        }
    }
}
