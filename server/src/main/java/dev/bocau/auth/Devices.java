package dev.bocau.auth;

import dev.bocau.bus.Bus;
import dev.bocau.bus.Hint;
import dev.bocau.model.Code;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.store.Connected;
import dev.bocau.store.RegisteredDevice;
import dev.bocau.store.Store;
import java.util.List;

/// The devices of each user.
public final class Devices {
    private final Store store;
    private final Bus bus;

    public Devices(Store store, Bus bus) {
        this.store = store;
        this.bus = bus;
    }

    /// Lets a device in, registering it if it is new.
    public Connected connect(Principal principal, Device device) {
        if (principal.device().filter(only -> !only.equals(device.id())).isPresent()) {
            throw new Refused(Code.NOT_ALLOWED, "the token is for another device");
        }
        return store.connect(principal.user(), device, principal.issuedAtMs()).orRefuse().value();
    }

    public List<RegisteredDevice> of(UserId user) {
        return store.devices(user);
    }

    /// Ends a device's sessions and keeps it out until it comes with a newer token.
    public void signOut(UserId user, DeviceId device) {
        boolean registered = store.signOut(user, device).orRefuse().value();
        bus.tell(new Hint.SignedOut(user, device));
        if (!registered) {
            throw new Refused(Code.NO_SUCH_DEVICE, "%s has no device %s".formatted(user, device));
        }
    }
}
