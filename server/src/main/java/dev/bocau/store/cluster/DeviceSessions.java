package dev.bocau.store.cluster;

import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Position;
import dev.bocau.model.UserId;
import dev.bocau.redis.Library;
import dev.bocau.store.Connected;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// The devices of each user as Redis has them: where a device stands, beside the log in which it
/// stands there, and what an operator may want to know of it. {@link DeviceTable} decides; what an
/// older session writes does not count.
final class DeviceSessions {
    private final Functions functions;
    private final Installation installation;
    private final InstantSource clock;

    DeviceSessions(Functions functions, Installation installation, InstantSource clock) {
        this.functions = functions;
        this.installation = installation;
        this.clock = clock;
    }

    /// A session has begun. It is told where the device stood.
    Connected begun(UserId user, Device device, long session) {
        List<Object> stood =
                call(
                        "begun",
                        user,
                        device.id(),
                        session,
                        device.id(),
                        device.type(),
                        device.platform(),
                        device.appVersion(),
                        clock.millis());
        return stood.size() == 1
                ? new Connected(session, Optional.empty(), 0)
                : new Connected(
                        session,
                        Position.decode((byte[]) stood.get(1)),
                        Library.number(stood.get(2)));
    }

    /// Writes where a device stands, unless it was signed out or has connected again since.
    void stand(UserId user, DeviceId device, long session, Position position) {
        var _ = call("stand", user, device, session, position.encode(), clock.millis());
    }

    /// A device was signed out in this session.
    void out(UserId user, DeviceId device, long session) {
        var _ = call("out", user, device, session, device);
    }

    private List<Object> call(String function, UserId user, DeviceId device, Object... arguments) {
        String slot = "{" + installation.of(user) + "}";
        return functions.call(
                "device_" + function,
                List.of(
                        "user_devices:" + slot,
                        "device_info:" + slot + ":" + device,
                        "device_sync:" + slot + ":" + device),
                arguments);
    }
}
