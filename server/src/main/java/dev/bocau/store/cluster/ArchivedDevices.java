package dev.bocau.store.cluster;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.UserId;
import dev.bocau.store.archive.ArchivedUser;
import dev.bocau.store.archive.ArchivedUser.ArchivedDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Users and their devices as an archive has them. The rows are those of {@link DeviceTable}.
final class ArchivedDevices {
    private final Cassandra cassandra;
    private final Installation installation;

    ArchivedDevices(Cassandra cassandra, Installation installation) {
        this.cassandra = cassandra;
        this.installation = installation;
    }

    void put(ArchivedUser user, long timestamp) {
        user.name()
                .ifPresent(name ->
                        cassandra.write(
                                "INSERT INTO user_name (user, name) VALUES (?, ?)",
                                installation.of(user.id()),
                                name));
        List<BoundStatement> rows = new ArrayList<>();
        rows.add(
                cassandra.bound(
                        "INSERT INTO device (user, revision, refused_ms) VALUES (?, 1, ?) USING TIMESTAMP ?",
                        installation.of(user.id()),
                        user.refusedUpToMs(),
                        timestamp));
        user.devices().forEach(device -> rows.add(row(user.id(), device, timestamp)));
        cassandra.writeTogether(rows);
    }

    private BoundStatement row(UserId user, ArchivedDevice archived, long timestamp) {
        Device device = archived.device();
        return cassandra.bound(
                "INSERT INTO device (user, device, registered, session, device_refused_ms, created_ms, active_ms, type, platform, app_version, push_token) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?",
                installation.of(user),
                device.id().value(),
                archived.registered(),
                archived.session(),
                archived.refusedUpToMs(),
                archived.createdAtMs(),
                archived.lastActiveAtMs(),
                device.type().name(),
                device.platform().name(),
                device.appVersion(),
                device.pushToken(),
                timestamp);
    }

    ArchivedUser of(UserId id) {
        Optional<String> name =
                cassandra
                        .row("SELECT name FROM user_name WHERE user = ?", installation.of(id))
                        .map(row -> row.getString("name"));
        long refusedUpToMs = 0;
        List<ArchivedDevice> devices = new ArrayList<>();
        for (Row row : cassandra.rows("SELECT * FROM device WHERE user = ?", installation.of(id))) {
            refusedUpToMs = row.getLong("refused_ms");
            if (!row.isNull("device")) {
                devices.add(device(row));
            }
        }
        return new ArchivedUser(id, name, refusedUpToMs, devices);
    }

    private static ArchivedDevice device(Row row) {
        Device device =
                new Device(
                        new DeviceId(text(row, "device")),
                        Device.Type.valueOf(text(row, "type")),
                        Device.Platform.valueOf(text(row, "platform")),
                        text(row, "app_version"),
                        row.getString("push_token"));
        return new ArchivedDevice(
                device,
                row.getBoolean("registered"),
                row.getLong("created_ms"),
                row.getLong("active_ms"),
                row.getLong("session"),
                row.getLong("device_refused_ms"));
    }

    private static String text(Row row, String column) {
        return Objects.requireNonNull(row.getString(column), column);
    }
}
