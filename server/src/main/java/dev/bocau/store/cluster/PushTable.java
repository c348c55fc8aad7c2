package dev.bocau.store.cluster;

import com.datastax.oss.driver.api.core.cql.Row;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.UserId;
import dev.bocau.store.PushMark;
import dev.bocau.store.PushTarget;
import dev.bocau.store.RegisteredDevice;
import dev.bocau.store.Store;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/// Whose push tokens are, and how far pushing to each device has come. A device may be pushed to
/// with its token if `push_token` names that device: so a token is never two devices'.
final class PushTable {
    private final Cassandra cassandra;
    private final Installation installation;

    PushTable(Cassandra cassandra, Installation installation) {
        this.cassandra = cassandra;
        this.installation = installation;
    }

    /// A device has connected and has said a token. What is new is written in such an order that a
    /// step that was cut short is taken again when the device connects again.
    ///
    /// @param begin where pushing begins if the token is new to the device
    void said(UserId user, DeviceId device, String token, Supplier<PushMark> begin) {
        if (!isOf(token, user, device)) {
            begin(user, device, Optional.of(token), begin.get());
        }
    }

    /// Writes that a device can be pushed to, and how far that has come.
    ///
    /// @param token empty: it could be
    void begin(UserId user, DeviceId device, Optional<String> token, PushMark mark) {
        write(user, device, mark);
        cassandra.write(
                "INSERT INTO push_user (installation, slice, user) VALUES (?, ?, ?)",
                installation.key(),
                Store.pushSlice(user),
                user.value());
        token.ifPresent(said ->
                cassandra.write(
                        "INSERT INTO push_token (hash, user, device) VALUES (?, ?, ?)",
                        key(said),
                        user.value(),
                        device.value()));
    }

    /// A device has said that it has no token, or another one than this.
    void forget(UserId user, DeviceId device, String token) {
        if (isOf(token, user, device)) {
            cassandra.write("DELETE FROM push_token WHERE hash = ?", key(token));
        }
    }

    /// A device is gone.
    void forget(UserId user, DeviceId device) {
        cassandra.write(
                "DELETE FROM push_mark WHERE user = ? AND device = ?",
                installation.of(user),
                device.value());
    }

    boolean pushed(UserId user, DeviceId device, String token, PushMark mark) {
        boolean has = isOf(token, user, device);
        if (has) {
            write(user, device, mark);
        }
        return has;
    }

    private void write(UserId user, DeviceId device, PushMark mark) {
        cassandra.write(
                "INSERT INTO push_mark (user, device, mark) VALUES (?, ?, ?)",
                installation.of(user),
                device.value(),
                ByteBuffer.wrap(mark.encode()));
    }

    private boolean isOf(String token, UserId user, DeviceId device) {
        return cassandra
                .row("SELECT user, device FROM push_token WHERE hash = ?", key(token))
                .filter(row -> user.value().equals(row.getString("user")))
                .filter(row -> device.value().equals(row.getString("device")))
                .isPresent();
    }

    private String key(String token) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(token.getBytes(StandardCharsets.UTF_8));
            return installation.of(HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new LinkageError("every Java has SHA-256", e);
        }
    }

    /// How far pushing to each device of a user has come.
    Map<DeviceId, PushMark> marks(UserId user) {
        Map<DeviceId, PushMark> marks = new HashMap<>();
        for (Row row :
                cassandra.rows(
                        "SELECT device, mark FROM push_mark WHERE user = ?",
                        installation.of(user))) {
            marks.put(new DeviceId(Objects.requireNonNull(row.getString("device"))), mark(row));
        }
        return marks;
    }

    List<PushTarget> targets(UserId user, DeviceTable devices) {
        Map<DeviceId, PushMark> marks = marks(user);
        if (marks.isEmpty()) {
            return List.of();
        }
        List<PushTarget> targets = new ArrayList<>();
        for (RegisteredDevice registered : devices.registered(user)) {
            PushMark mark = marks.get(registered.device().id());
            if (mark != null) {
                targets.add(target(user, registered.device(), mark, devices));
            }
        }
        return targets;
    }

    Optional<PushTarget> target(UserId user, DeviceId id, DeviceTable devices) {
        return cassandra
                .row(
                        "SELECT mark FROM push_mark WHERE user = ? AND device = ?",
                        installation.of(user),
                        id.value())
                .flatMap(row ->
                        devices.registered(user).stream()
                                .map(RegisteredDevice::device)
                                .filter(device -> device.id().equals(id))
                                .findFirst()
                                .map(device -> target(user, device, mark(row), devices)));
    }

    private PushTarget target(UserId user, Device device, PushMark mark, DeviceTable devices) {
        String token = device.pushToken();
        boolean has = token != null && isOf(token, user, device.id());
        return new PushTarget(
                has ? device : device.withPushToken(null),
                devices.acknowledged(user, device.id()),
                mark);
    }

    private static PushMark mark(Row row) {
        return PushMark.decode(bytes(Objects.requireNonNull(row.getByteBuffer("mark"))));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    List<UserId> users(int slice, Optional<UserId> after, int limit) {
        return cassandra
                .rows(
                        "SELECT user FROM push_user WHERE installation = ? AND slice = ? AND user > ? LIMIT ?",
                        installation.key(),
                        slice,
                        after.map(UserId::value).orElse(""),
                        limit)
                .stream()
                .map(row -> new UserId(Objects.requireNonNull(row.getString("user"))))
                .toList();
    }
}
