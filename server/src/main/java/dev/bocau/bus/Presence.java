package dev.bocau.bus;

import dev.bocau.model.DeviceId;
import dev.bocau.model.UserId;
import java.util.Set;

/// Which devices are connected to which node. Like a hint, it may be out of date: a node that died
/// is seen for a while, and one that has just connected not yet. Nothing here waits but {@link
/// #elsewhere}.
public interface Presence {
    /// Where there are no other nodes.
    Presence ALONE =
            new Presence() {
                @Override
                public void here(UserId user, DeviceId device, long session) {}

                @Override
                public void gone(UserId user, DeviceId device, long session) {}

                @Override
                public Set<DeviceId> elsewhere(UserId user) {
                    return Set.of();
                }
            };

    /// A session of a device is connected to this node, until it is gone or the node is.
    void here(UserId user, DeviceId device, long session);

    /// That session is not any more. A later one of the same device, here or elsewhere, stays.
    void gone(UserId user, DeviceId device, long session);

    /// The devices that are connected to other nodes, and perhaps to this one; none if nobody can
    /// tell.
    Set<DeviceId> elsewhere(UserId user);
}
