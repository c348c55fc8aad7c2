package dev.bocau.store.cluster;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.UserId;
import dev.bocau.store.PushMark;
import dev.bocau.store.archive.ArchivedUser;
import dev.bocau.store.archive.ArchivedUser.ArchivedDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Users and their devices as an archive has them. The rows are those of {@link DeviceTable}.
final class ArchivedDevices {
    private final Cassandra cassandra;
    private final Installation installation;
    private final PushTable pushes;

    ArchivedDevices(Cassandra cassandra, Installation installation) {
        this.cassandra = cassandra;
        this.installation = installation;
        this.pushes = new PushTable(cassandra, installation);
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
        user.devices().forEach(device -> push(user.id(), device.device(), device.pushed()));
    }

    /// The place in the log means nothing here: what is due is found by its time.
    private void push(UserId user, Device device, Optional<PushMark> mark) {
        mark.ifPresent(known ->
                pushes.begin(user, device.id(), Optional.ofNullable(device.pushToken()), known));
    }

    private BoundStatement row(UserId user, ArchivedDevice archived, long timestamp) {
        return new DeviceRow(
                        archived.device(),
                        archived.registered(),
                        archived.session(),
                        archived.refusedUpToMs(),
                        archived.createdAtMs(),
                        archived.lastActiveAtMs())
                .insert(cassandra, installation.of(user))
                .setQueryTimestamp(timestamp);
    }

    ArchivedUser of(UserId id) {
        Optional<String> name =
                cassandra
                        .row("SELECT name FROM user_name WHERE user = ?", installation.of(id))
                        .map(row -> row.getString("name"));
        long refusedUpToMs = 0;
        List<ArchivedDevice> devices = new ArrayList<>();
        Map<DeviceId, PushMark> marks = pushes.marks(id);
        for (Row row : cassandra.rows("SELECT * FROM device WHERE user = ?", installation.of(id))) {
            refusedUpToMs = row.getLong("refused_ms");
            if (!row.isNull("device")) {
                DeviceRow device = DeviceRow.of(row);
                devices.add(device(device, Optional.ofNullable(marks.get(device.device().id()))));
            }
        }
        return new ArchivedUser(id, name, refusedUpToMs, devices);
    }

    private static ArchivedDevice device(DeviceRow row, Optional<PushMark> pushed) {
        return new ArchivedDevice(
                row.device(),
                row.registered(),
                row.createdAtMs(),
                row.lastActiveAtMs(),
                row.session(),
                row.refusedUpToMs(),
                pushed);
    }
}
