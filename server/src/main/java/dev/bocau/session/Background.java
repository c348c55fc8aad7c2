package dev.bocau.session;

import dev.bocau.model.DeviceId;
import dev.bocau.model.Position.Cursor;
import dev.bocau.model.UserId;
import java.util.Optional;

/// Who wants to know that messages of others were sent to a device whose app is in the background:
/// nobody has seen them there. Does not wait.
public interface Background {

    /// Something was sent to such a device.
    ///
    /// @param acknowledged where the device stood when it went into the background; empty: nowhere
    void sent(UserId user, DeviceId device, Optional<Cursor> acknowledged);
}
