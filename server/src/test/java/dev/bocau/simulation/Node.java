package dev.bocau.simulation;

import dev.bocau.auth.Devices;
import dev.bocau.auth.Tokens;
import dev.bocau.auth.TrustedKeys;
import dev.bocau.bus.Bus;
import dev.bocau.bus.Presence;
import dev.bocau.chat.Conversations;
import dev.bocau.limits.Limits;
import dev.bocau.log.UserLog;
import dev.bocau.session.SessionContext;
import dev.bocau.session.SessionRegistry;
import dev.bocau.store.Store;
import dev.bocau.testing.MemoryStorage;
import dev.bocau.testing.TestMedia;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// A server process between the wires and the database.
final class Node {
    private static final byte[] SECRET =
            "a secret of at least thirty-two bytes".getBytes(StandardCharsets.US_ASCII);

    final Scheduler.Life life;
    final Conversations conversations;
    final SessionRegistry sessions;

    Node(Scheduler scheduler, Store store, Hints hints, Limits limits, SplittableRandom random) {
        life = scheduler.new Life();
        Bus bus = hints.of(life);
        UserLog log = new UserLog(store, bus, limits);
        conversations =
                new Conversations(
                        store,
                        log,
                        new TestMedia(new MemoryStorage(), limits, scheduler).uses(store),
                        limits);
        sessions =
                new SessionRegistry(
                        new SessionContext(
                                limits,
                                tokens(limits, scheduler),
                                new Devices(store, bus),
                                log,
                                conversations,
                                scheduler,
                                life,
                                random,
                                (user, device, acknowledged) -> {},
                                life),
                        bus,
                        Presence.ALONE,
                        new SimpleMeterRegistry());
    }

    static Tokens tokens(Limits limits, Scheduler scheduler) {
        return new Tokens(
                SECRET,
                "the admin key",
                new TrustedKeys(List.of(SECRET), Optional.empty(), Optional.empty()),
                Optional.empty(),
                Optional.empty(),
                limits,
                scheduler);
    }
}
