package dev.bocau.store.cluster;

import com.datastax.oss.driver.api.core.cql.BatchableStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Position;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.store.Connected;
import dev.bocau.store.RegisteredDevice;
import dev.bocau.store.Standing;
import dev.bocau.store.cluster.Cassandra.Decision;
import dev.bocau.time.Timer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A user's devices: one partition, whose revision each decision moves on. Those that were signed
/// out within the age of a token are kept: they cannot come back with a token from before.
final class DeviceTable {
    /// Signed-out devices that are kept, per device that a user may have. Beyond, the oldest are
    /// forgotten, and unknown devices are refused in their stead.
    private static final int SIGNED_OUT = 5;

    private final Cassandra cassandra;
    private final DeviceSessions sessions;
    private final Installation installation;
    private final Limits limits;
    private final InstantSource clock;
    private final Timer timer;

    private record Devices(long revision, long refusedUpToMs, Map<DeviceId, DeviceRow> all) {}

    DeviceTable(
            Cassandra cassandra,
            DeviceSessions sessions,
            Installation installation,
            ClusterContext context) {
        this.cassandra = cassandra;
        this.sessions = sessions;
        this.installation = installation;
        this.limits = context.limits();
        this.clock = context.clock();
        this.timer = context.timer();
    }

    // ----------------------------------------------------------------------------------------------------------- reading

    List<RegisteredDevice> registered(UserId user) {
        return devices(user).all.values().stream()
                .filter(DeviceRow::registered)
                .map(known ->
                        new RegisteredDevice(
                                known.device(), known.createdAtMs(), known.lastActiveAtMs()))
                .toList();
    }

    /// What is known of a device, also after it was signed out.
    Optional<Device> device(UserId user, DeviceId id) {
        return Optional.ofNullable(devices(user).all.get(id)).map(DeviceRow::device);
    }

    Standing standing(UserId user, DeviceId id) {
        Devices devices = devices(user);
        DeviceRow known = devices.all.get(id);
        return known == null
                ? new Standing(false, 0, devices.refusedUpToMs)
                : new Standing(known.registered(), known.session(), known.refusedUpToMs());
    }

    private Devices devices(UserId user) {
        Map<DeviceId, DeviceRow> all = new LinkedHashMap<>();
        long revision = 0;
        long refusedUpToMs = 0;
        for (Row row :
                cassandra.rows("SELECT * FROM device WHERE user = ?", installation.of(user))) {
            revision = row.getLong("revision");
            refusedUpToMs = row.getLong("refused_ms");
            String id = row.getString("device");
            if (id != null) {
                all.put(new DeviceId(id), DeviceRow.of(row));
            }
        }
        return new Devices(revision, refusedUpToMs, all);
    }

    // ---------------------------------------------------------------------------------------------------------- deciding

    /// Begins a session. Should nobody know whether it was begun, another one is: a number that is
    /// left out does no harm.
    ///
    /// @param said what it says of itself; its push token stays where it says none
    Connected connect(UserId user, Device said, long tokenIssuedAtMs) {
        Attempts attempts = new Attempts(timer);
        while (attempts.another()) {
            long now = clock.millis();
            Devices devices = devices(user);
            DeviceRow known = devices.all.get(said.id());
            Device device = said.withPushToken(pushToken(said, known));
            long refusedUpToMs = known == null ? devices.refusedUpToMs : known.refusedUpToMs();
            if (tokenIssuedAtMs <= refusedUpToMs) {
                throw new Refused(Code.SIGNED_OUT, device.id() + " was signed out");
            }
            boolean back = known != null && known.registered();
            long session = known == null ? 1 : known.session() + 1;
            List<DeviceRow> forgotten =
                    back ? List.of() : forgotten(user, devices, device.id(), now);
            long refusedMs =
                    forgotten.stream()
                            .mapToLong(DeviceRow::refusedUpToMs)
                            .reduce(devices.refusedUpToMs, Math::max);
            List<BatchableStatement<?>> batch = new ArrayList<>();
            batch.add(revision(user, devices, refusedMs));
            batch.add(
                    row(
                            user,
                            new DeviceRow(
                                    device,
                                    true,
                                    session,
                                    refusedUpToMs,
                                    back ? Objects.requireNonNull(known).createdAtMs() : now,
                                    now)));
            forgotten.forEach(each ->
                    batch.add(
                            cassandra.bound(
                                    "DELETE FROM device WHERE user = ? AND device = ?",
                                    installation.of(user),
                                    each.device().id().value())));
            if (cassandra.decide(batch) == Decision.APPLIED) {
                return sessions.begun(user, device, session);
            }
        }
        throw Steps.unknown();
    }

    private static @Nullable String pushToken(Device said, @Nullable DeviceRow known) {
        String token = said.pushToken();
        if (token == null) {
            return known == null ? null : known.device().pushToken();
        }
        return token.isEmpty() ? null : token;
    }

    /// Those that are not kept any longer when one more device is registered.
    private List<DeviceRow> forgotten(UserId user, Devices devices, DeviceId comes, long now) {
        long registered = devices.all.values().stream().filter(DeviceRow::registered).count();
        if (registered >= limits.devicesPerUser()) {
            throw new Refused(
                    Code.TOO_MANY_DEVICES,
                    "%s has %d devices already: sign one out".formatted(user, registered));
        }
        long noToken = now - Duration.ofDays(limits.tokenDays()).toMillis();
        List<DeviceRow> signedOut =
                devices.all.values().stream()
                        .filter(known -> !known.registered() && !known.device().id().equals(comes))
                        .sorted(Comparator.comparingLong(DeviceRow::refusedUpToMs))
                        .toList();
        int tooMany = signedOut.size() - SIGNED_OUT * limits.devicesPerUser();
        List<DeviceRow> forgotten = new ArrayList<>();
        for (int i = 0; i < signedOut.size(); i++) {
            if (i < tooMany || signedOut.get(i).refusedUpToMs() < noToken) {
                forgotten.add(signedOut.get(i));
            }
        }
        return forgotten;
    }

    private BatchableStatement<?> revision(UserId user, Devices devices, long refusedMs) {
        return cassandra.bound(
                "UPDATE device SET revision = ?, refused_ms = ? WHERE user = ? IF revision = ?",
                devices.revision + 1,
                refusedMs,
                installation.of(user),
                devices.revision == 0 ? null : devices.revision);
    }

    private BatchableStatement<?> row(UserId user, DeviceRow row) {
        return row.insert(cassandra, installation.of(user));
    }

    /// Signs a device out.
    ///
    /// @return whether it was registered
    boolean signOut(UserId user, DeviceId id) {
        boolean unknown = false;
        Attempts attempts = new Attempts(timer);
        while (attempts.another()) {
            Devices devices = devices(user);
            DeviceRow known = devices.all.get(id);
            if (known == null || !known.registered()) {
                return unknown;
            }
            DeviceRow out =
                    new DeviceRow(
                            known.device().withPushToken(null),
                            false,
                            known.session(),
                            clock.millis(),
                            known.createdAtMs(),
                            known.lastActiveAtMs());
            Decision decision =
                    cassandra.decide(
                            List.of(
                                    revision(user, devices, devices.refusedUpToMs),
                                    row(user, out)));
            unknown |= decision == Decision.UNKNOWN;
            if (decision == Decision.APPLIED) {
                sessions.out(user, id, known.session());
                return true;
            }
        }
        throw Steps.unknown();
    }

    /// Takes a push token from a device, if it still has that one.
    ///
    /// @return whether it had
    boolean dropPushToken(UserId user, DeviceId id, String token) {
        Attempts attempts = new Attempts(timer);
        while (attempts.another()) {
            Devices devices = devices(user);
            DeviceRow known = devices.all.get(id);
            if (known == null || !token.equals(known.device().pushToken())) {
                return !attempts.isFirst();
            }
            DeviceRow without =
                    new DeviceRow(
                            known.device().withPushToken(null),
                            known.registered(),
                            known.session(),
                            known.refusedUpToMs(),
                            known.createdAtMs(),
                            known.lastActiveAtMs());
            if (cassandra.decide(
                            List.of(
                                    revision(user, devices, devices.refusedUpToMs),
                                    row(user, without)))
                    == Decision.APPLIED) {
                return true;
            }
        }
        throw Steps.unknown();
    }

    /// Where a device stood when it last acknowledged.
    Optional<Position> acknowledged(UserId user, DeviceId id) {
        return sessions.stood(user, id);
    }
}
