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
import dev.bocau.store.Standing;
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

    /// Whether a session of a device may go on: the device was not signed out, nor has it begun
    /// another session since.
    ///
    /// @param session its number
    /// @throws Refused if not, with the code of the close
    public void checkSession(UserId user, DeviceId device, long session) {
        Standing standing = store.standing(user, device);
        if (!standing.registered()) {
            throw signedOut(device);
        }
        if (standing.session() > session) {
            throw new Refused(Code.REPLACED, "this device has connected again");
        }
    }

    /// Whether a token for one device is still good, for those who come without a session.
    ///
    /// @throws Refused if the device was signed out after the token was issued
    public void checkToken(Principal principal) {
        if (principal.device().isPresent()) {
            DeviceId device = principal.device().get();
            Standing standing = store.standing(principal.user(), device);
            if (principal.issuedAtMs() <= standing.refusedUpToMs()) {
                throw signedOut(device);
            }
        }
    }

    private static Refused signedOut(DeviceId device) {
        return new Refused(Code.SIGNED_OUT, device + " was signed out");
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
