package dev.bocau.bus;

import dev.bocau.model.Appended;
import dev.bocau.model.Commit;
import dev.bocau.model.DeviceId;
import dev.bocau.model.UserId;
import java.util.List;

/// Something that happened to a user, and that its sessions want to know soon.
public sealed interface Hint {

    /// Logs have grown.
    record Grown(Commit commit, List<Appended> appended) implements Hint {}

    /// A device has begun a session: those of it that have a lower number are to end.
    record Connected(UserId user, DeviceId device, long session) implements Hint {}

    /// A device was signed out: its sessions are to end.
    record SignedOut(UserId user, DeviceId device) implements Hint {}
}
