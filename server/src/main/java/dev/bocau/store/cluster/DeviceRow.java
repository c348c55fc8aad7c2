package dev.bocau.store.cluster;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import java.util.Objects;

/// A device that is registered, or was until it was signed out, as Cassandra has it.
///
/// @param session the number of its newest one
/// @param refusedUpToMs when it was last signed out: older tokens do not let it in
record DeviceRow(
        Device device,
        boolean registered,
        long session,
        long refusedUpToMs,
        long createdAtMs,
        long lastActiveAtMs) {
    private static final String INSERT =
            "INSERT INTO device (user, device, registered, session, device_refused_ms, created_ms, active_ms, type, platform, app_version, push_token) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    static DeviceRow of(Row row) {
        Device device =
                new Device(
                        new DeviceId(text(row, "device")),
                        Device.Type.valueOf(text(row, "type")),
                        Device.Platform.valueOf(text(row, "platform")),
                        text(row, "app_version"),
                        row.getString("push_token"));
        return new DeviceRow(
                device,
                row.getBoolean("registered"),
                row.getLong("session"),
                row.getLong("device_refused_ms"),
                row.getLong("created_ms"),
                row.getLong("active_ms"));
    }

    private static String text(Row row, String column) {
        return Objects.requireNonNull(row.getString(column), column);
    }

    /// @param user with the installation's name
    BoundStatement insert(Cassandra cassandra, String user) {
        return cassandra.bound(
                INSERT,
                user,
                device.id().value(),
                registered,
                session,
                refusedUpToMs,
                createdAtMs,
                lastActiveAtMs,
                device.type().name(),
                device.platform().name(),
                device.appVersion(),
                device.pushToken());
    }
}
