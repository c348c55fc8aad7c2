package dev.bocau.store.embedded;

import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.store.Connected;
import dev.bocau.store.embedded.Rows.CursorRow;
import dev.bocau.store.embedded.Rows.DeviceRow;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The steps that keep the registry of a user's devices. The list row names the registered ones and
/// those that were signed out within the age of a token: an older one cannot come back with a token
/// that is still good.
final class Devices {
    private static final Duration ACTIVE_RESOLUTION = Duration.ofMinutes(1);

    private final Limits limits;
    private final InstantSource clock;

    Devices(Limits limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
    }

    Connected connect(Tx tx, UserId user, Device device, long tokenIssuedAtMs) {
        long now = clock.millis();
        byte[] key = key(user, device.id());
        DeviceRow known = row(tx, key, device.id());
        if (known != null && !known.registered() && tokenIssuedAtMs <= known.signedOutAtMs()) {
            throw new Refused(Code.SIGNED_OUT, device.id() + " was signed out");
        }
        if (known == null || !known.registered()) {
            register(tx, user, device, now);
        } else if (!known.device().equals(device)
                || now - known.lastActiveAtMs() > ACTIVE_RESOLUTION.toMillis()) {
            tx.put(Table.DEVICES, key, new DeviceRow(device, known.createdAtMs(), now, 0).row());
        }
        byte[] cursor = tx.get(Table.CURSORS, key);
        if (cursor == null) {
            return new Connected(Optional.empty(), 0);
        }
        CursorRow stored = CursorRow.of(cursor);
        return new Connected(stored.position(), stored.storedAtMs());
    }

    boolean signOut(Tx tx, UserId user, DeviceId device) {
        byte[] key = key(user, device);
        DeviceRow known = row(tx, key, device);
        if (known == null || !known.registered()) {
            return false;
        }
        DeviceRow signedOut =
                new DeviceRow(
                        known.device(),
                        known.createdAtMs(),
                        known.lastActiveAtMs(),
                        clock.millis());
        tx.put(Table.DEVICES, key, signedOut.row());
        tx.delete(Table.CURSORS, key);
        return true;
    }

    private void register(Tx tx, UserId user, Device device, long now) {
        long forgotten = now - Duration.ofDays(limits.tokenDays()).toMillis();
        List<DeviceId> listed = new ArrayList<>();
        List<DeviceId> gone = new ArrayList<>();
        int registered = 0;
        for (DeviceId id : Rows.deviceIds(tx.get(Table.DEVICES, Keys.of(user.value())))) {
            DeviceRow row = row(tx, key(user, id), id);
            if (row != null && row.registered()) {
                registered++;
                listed.add(id);
            } else if (row != null && row.signedOutAtMs() >= forgotten) {
                listed.add(id);
            } else {
                gone.add(id);
            }
        }
        if (registered >= limits.devicesPerUser()) {
            throw new Refused(
                    Code.TOO_MANY_DEVICES,
                    "%s has %d devices already: sign one out".formatted(user, registered));
        }
        gone.forEach(id -> tx.delete(Table.DEVICES, key(user, id)));
        listed.remove(device.id());
        listed.add(device.id());
        tx.put(Table.DEVICES, Keys.of(user.value()), Rows.of(listed));
        tx.put(Table.DEVICES, key(user, device.id()), new DeviceRow(device, now, now, 0).row());
    }

    private static @Nullable DeviceRow row(Tx tx, byte[] key, DeviceId device) {
        byte[] row = tx.get(Table.DEVICES, key);
        return row == null ? null : DeviceRow.of(device, row);
    }

    static byte[] key(UserId user, DeviceId device) {
        return Keys.of(user.value(), device.value());
    }
}
