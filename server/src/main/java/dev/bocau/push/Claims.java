package dev.bocau.push;

import dev.bocau.model.DeviceId;
import dev.bocau.model.UserId;
import java.time.Duration;

/// Sees to it that two nodes do not push the same to one device. A claim may be lost, as with a
/// master of Redis: then a push may come twice, which the provider's collapsing hides.
public interface Claims {

    /// Takes a device, unless it is taken: until it is released, or the time has passed.
    boolean take(UserId user, DeviceId device, Duration atMost);

    /// Gives a device back that this node has taken.
    void release(UserId user, DeviceId device);

    /// Takes the turn of looking at a slice of the users, unless somebody has had it within this
    /// time. It is not given back.
    boolean takeTurn(int slice, Duration time);
}
