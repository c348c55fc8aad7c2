package dev.bocau.store.archive;

import dev.bocau.model.Device;
import dev.bocau.model.UserId;
import java.util.List;
import java.util.Optional;

/// A user and its devices, by id.
///
/// @param refusedUpToMs tokens that are not newer let no device in that is not among these
public record ArchivedUser(
        UserId id, Optional<String> name, long refusedUpToMs, List<ArchivedDevice> devices) {

    /// A device that is registered, or was until it was signed out.
    ///
    /// @param session the number of its newest one
    /// @param refusedUpToMs when it was last signed out: older tokens do not let it in
    public record ArchivedDevice(
            Device device,
            boolean registered,
            long createdAtMs,
            long lastActiveAtMs,
            long session,
            long refusedUpToMs) {}
}
