package dev.bocau.store.embedded;

import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.UserId;
import dev.bocau.store.PushMark;
import dev.bocau.store.Store;
import dev.bocau.store.embedded.Rows.DeviceRow;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The steps that say whose a push token is, and how far pushing to it has come. The device's own
/// row has its token; PUSH_TOKENS finds the device by it.
final class PushTokens {
    private final InstantSource clock;

    PushTokens(InstantSource clock) {
        this.clock = clock;
    }

    /// Gives a device that connects the token that it says, or the one that it has.
    Device settle(Tx tx, UserId user, Device device, @Nullable DeviceRow known) {
        String before = known == null ? null : known.device().pushToken();
        String said = device.pushToken();
        boolean begun = tx.get(Table.PUSHES, key(user, device.id())) != null;
        if (said == null || (begun && said.equals(before))) {
            return device.withPushToken(before);
        }
        if (known != null) {
            forget(tx, user, known.device());
        }
        if (said.isEmpty()) {
            return device.withPushToken(null);
        }
        takeFromOther(tx, said);
        tx.put(Table.PUSH_TOKENS, tokenKey(said), Keys.of(user.value(), device.id().value()));
        PushMark mark = PushMark.begin(tx.head(user), clock.millis());
        tx.put(Table.PUSHES, key(user, device.id()), mark.encode());
        return device;
    }

    private static void takeFromOther(Tx tx, String token) {
        byte[] owner = tx.get(Table.PUSH_TOKENS, tokenKey(token));
        if (owner == null) {
            return;
        }
        UserId user = new UserId(Keys.first(owner));
        DeviceId device = new DeviceId(Keys.last(owner));
        removeFromDevice(tx, user, device, token);
        tx.delete(Table.PUSHES, key(user, device));
    }

    /// A device is not pushed to any more.
    void forget(Tx tx, UserId user, Device device) {
        if (device.pushToken() != null) {
            tx.delete(Table.PUSH_TOKENS, tokenKey(device.pushToken()));
        }
        tx.delete(Table.PUSHES, key(user, device.id()));
    }

    /// Writes how far pushing has come, unless the token is another one by now.
    boolean pushed(Tx tx, UserId user, DeviceId device, String token, PushMark mark) {
        boolean has = has(tx, user, device, token);
        if (has) {
            tx.put(Table.PUSHES, key(user, device), mark.encode());
        }
        return has;
    }

    /// Takes a token away that its provider calls invalid.
    boolean drop(Tx tx, UserId user, DeviceId device, String token, PushMark mark) {
        boolean has = pushed(tx, user, device, token, mark);
        if (has) {
            removeFromDevice(tx, user, device, token);
            tx.delete(Table.PUSH_TOKENS, tokenKey(token));
        }
        return has;
    }

    private static boolean has(Tx tx, UserId user, DeviceId device, String token) {
        DeviceRow row = Devices.row(tx, Devices.key(user, device), device);
        return row != null && token.equals(row.device().pushToken());
    }

    private static void removeFromDevice(Tx tx, UserId user, DeviceId device, String token) {
        if (has(tx, user, device, token)) {
            byte[] key = Devices.key(user, device);
            DeviceRow row = Objects.requireNonNull(Devices.row(tx, key, device));
            tx.put(Table.DEVICES, key, row.with(row.device().withPushToken(null)).row());
        }
    }

    static byte[] key(UserId user, DeviceId device) {
        return Keys.join(slice(Store.pushSlice(user)), Devices.key(user, device));
    }

    /// What the keys of a slice begin with; not with what ends a string.
    static byte[] slice(int slice) {
        return new byte[] {(byte) (slice + 1)};
    }

    private static byte[] tokenKey(String token) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new LinkageError("every Java has SHA-256", e);
        }
    }
}
