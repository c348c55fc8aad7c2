package dev.bocau.store.embedded;

import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Position;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.store.Connected;
import dev.bocau.store.embedded.Rows.CursorRow;
import dev.bocau.store.embedded.Rows.DeviceList;
import dev.bocau.store.embedded.Rows.DeviceRow;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The steps that keep the registry of a user's devices. The list row names the registered ones and
/// those that were signed out within the age of a token, which cannot come back with a token from
/// before.
final class Devices {
    /// Signed-out devices of which there are rows, per device that a user may have. Beyond, the
    /// oldest are forgotten, and unknown devices are refused in their stead.
    private static final int SIGNED_OUT = 5;

    private final Limits limits;
    private final InstantSource clock;
    private final PushTokens pushTokens;

    Devices(Limits limits, InstantSource clock, PushTokens pushTokens) {
        this.limits = limits;
        this.clock = clock;
        this.pushTokens = pushTokens;
    }

    Connected connect(Tx tx, UserId user, Device device, long tokenIssuedAtMs) {
        long now = clock.millis();
        byte[] key = key(user, device.id());
        DeviceRow known = row(tx, key, device.id());
        DeviceList list = DeviceList.of(tx.get(Table.DEVICES, Keys.of(user.value())));
        long refusedUpToMs = known == null ? list.refusedUpToMs() : known.refusedUpToMs();
        if (tokenIssuedAtMs <= refusedUpToMs) {
            throw new Refused(Code.SIGNED_OUT, device.id() + " was signed out");
        }
        if (known == null || !known.registered()) {
            enlist(tx, user, device.id(), list, now);
        }
        long session = known == null ? 1 : known.session() + 1;
        long createdAtMs = known == null || !known.registered() ? now : known.createdAtMs();
        Device settled = pushTokens.settle(tx, user, device, known);
        tx.put(
                Table.DEVICES,
                key,
                new DeviceRow(settled, true, createdAtMs, now, session, refusedUpToMs).row());
        byte[] cursor = tx.get(Table.CURSORS, key);
        if (cursor == null) {
            return new Connected(session, Optional.empty(), 0);
        }
        CursorRow stored = CursorRow.of(cursor);
        return new Connected(session, stored.position(), stored.storedAtMs());
    }

    boolean signOut(Tx tx, UserId user, DeviceId device) {
        byte[] key = key(user, device);
        DeviceRow known = row(tx, key, device);
        if (known == null || !known.registered()) {
            return false;
        }
        pushTokens.forget(tx, user, known.device());
        DeviceRow signedOut =
                new DeviceRow(
                        known.device().withPushToken(null),
                        false,
                        known.createdAtMs(),
                        known.lastActiveAtMs(),
                        known.session(),
                        clock.millis());
        tx.put(Table.DEVICES, key, signedOut.row());
        tx.delete(Table.CURSORS, key);
        return true;
    }

    /// Writes where a device stands, unless it was signed out or has connected again since.
    void store(Tx tx, UserId user, DeviceId device, long session, Position position) {
        byte[] key = key(user, device);
        DeviceRow known = row(tx, key, device);
        if (known != null && known.registered() && known.session() == session) {
            tx.put(Table.CURSORS, key, CursorRow.row(position, clock.millis()));
        }
    }

    private void enlist(Tx tx, UserId user, DeviceId device, DeviceList list, long now) {
        long forgotten = now - Duration.ofDays(limits.tokenDays()).toMillis();
        List<DeviceId> registered = new ArrayList<>();
        List<DeviceRow> signedOut = new ArrayList<>();
        for (DeviceId id : list.ids()) {
            DeviceRow row = row(tx, key(user, id), id);
            if (row != null && row.registered()) {
                registered.add(id);
            } else if (row != null && !id.equals(device)) {
                signedOut.add(row);
            }
        }
        if (registered.size() >= limits.devicesPerUser()) {
            throw new Refused(
                    Code.TOO_MANY_DEVICES,
                    "%s has %d devices already: sign one out".formatted(user, registered.size()));
        }
        signedOut.sort(Comparator.comparingLong(DeviceRow::refusedUpToMs));
        int tooMany = signedOut.size() - SIGNED_OUT * limits.devicesPerUser();
        long refusedUpToMs = list.refusedUpToMs();
        List<DeviceId> listed = new ArrayList<>(registered);
        for (int i = 0; i < signedOut.size(); i++) {
            DeviceRow row = signedOut.get(i);
            if (i < tooMany || row.refusedUpToMs() < forgotten) {
                refusedUpToMs = Math.max(refusedUpToMs, row.refusedUpToMs());
                tx.delete(Table.DEVICES, key(user, row.device().id()));
            } else {
                listed.add(row.device().id());
            }
        }
        listed.add(device);
        tx.put(Table.DEVICES, Keys.of(user.value()), new DeviceList(listed, refusedUpToMs).row());
    }

    static @Nullable DeviceRow row(Tx tx, byte[] key, DeviceId device) {
        byte[] row = tx.get(Table.DEVICES, key);
        return row == null ? null : DeviceRow.of(device, row);
    }

    static byte[] key(UserId user, DeviceId device) {
        return Keys.of(user.value(), device.value());
    }
}
