package dev.bocau.session;

import dev.bocau.bus.Bus;
import dev.bocau.bus.Hint;
import dev.bocau.bus.Presence;
import dev.bocau.frame.About;
import dev.bocau.frame.Frames;
import dev.bocau.frame.SharedFrame;
import dev.bocau.limits.Limits;
import dev.bocau.model.Appended;
import dev.bocau.model.Code;
import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Message;
import dev.bocau.model.Refusal;
import dev.bocau.model.UserId;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sessions of this node: lets connections in, hands them what the bus tells, sees to it that a
/// device has one session, and looks after them as time passes.
public final class SessionRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(SessionRegistry.class);
    private static final int TICKS_PER_INTERVAL = 4;
    private static final long MAX_TICK_MS = 1_000;

    private final SessionContext context;
    private final Bus bus;
    private final Presence presence;
    private final Limits limits;
    private final SessionMetrics metrics;
    private final Admission admission;
    private final Map<UUID, Session> all = new ConcurrentHashMap<>();
    private final Map<UserId, List<Session>> byUser = new ConcurrentHashMap<>();
    private volatile boolean closing;
    private volatile @Nullable CountDownLatch gone;

    public SessionRegistry(
            SessionContext context, Bus bus, Presence presence, MeterRegistry registry) {
        this.context = context;
        this.bus = bus;
        this.presence = presence;
        this.limits = context.limits();
        this.metrics = new SessionMetrics(registry);
        this.admission = new Admission(limits.connectsPerSecond(), context.timer().nowMs());
        Gauge.builder(
                        "bocau.log.behind",
                        all,
                        sessions -> count(sessions.values(), Session::behind))
                .description("Sessions that have not been sent all there is")
                .register(registry);
        Gauge.builder(
                        "bocau.log.unacknowledged",
                        all,
                        sessions ->
                                sessions.values().stream().mapToInt(Session::unacknowledged).sum())
                .description("Entries sent and not acknowledged")
                .register(registry);
        bus.listen(this::heard);
        tickLater();
    }

    private static double count(Collection<Session> sessions, Predicate<Session> which) {
        return sessions.stream().filter(which).count();
    }

    /// A transport has accepted a connection.
    ///
    /// @return its session; empty if it was refused, which the connection has been told
    public Optional<Session> open(Connection connection) {
        Optional<Refusal> refusal = full();
        if (refusal.isPresent()) {
            metrics.turnedAway(connection.transport(), refusal.get().code());
            connection.send(Connection.NO_POSITION, Frames.error(refusal.get(), About.NOTHING));
            connection.close(refusal.get().code(), refusal.get().reason());
            return Optional.empty();
        }
        metrics.opened(connection.transport());
        Session session = new Session(context, this, metrics, connection);
        all.put(session.id(), session);
        return Optional.of(session);
    }

    private Optional<Refusal> full() {
        if (closing) {
            return Optional.of(
                    Refusal.retry(Code.SHUTTING_DOWN, "the server is going down", spread()));
        }
        if (all.size() >= limits.connections()) {
            return Optional.of(
                    Refusal.retry(
                            Code.TOO_MANY_CONNECTIONS,
                            "the server holds %,d connections already".formatted(all.size()),
                            spread()));
        }
        return Optional.empty();
    }

    Admission admission() {
        return admission;
    }

    /// The devices of a user that are connected, to whichever node: as far as this one has heard.
    public Set<DeviceId> online(UserId user) {
        Set<DeviceId> online = new HashSet<>(presence.elsewhere(user));
        of(user).forEach(session -> session.device().ifPresent(online::add));
        return online;
    }

    /// A device's session on this node.
    ///
    /// @param number of the device's sessions, counted from its first
    /// @param sentAtMs when a message was sent on it that it has not acknowledged
    public record Listening(long number, OptionalLong sentAtMs) {}

    /// How a device listens to this node; empty: it does not.
    ///
    /// @param seq of the message that is asked for
    public Optional<Listening> listening(
            UserId user, DeviceId device, ConversationId conversation, long seq) {
        return of(user).filter(session -> session.device().filter(device::equals).isPresent())
                .findFirst()
                .map(session ->
                        new Listening(session.number(), session.sentAtMs(conversation, seq)));
    }

    private Stream<Session> of(UserId user) {
        return byUser.getOrDefault(user, List.of()).stream();
    }

    /// A session has come to know its device: from now on it hears of its user, and older sessions
    /// of that device end.
    void add(Session session) {
        UserId user = session.user().orElseThrow();
        DeviceId device = session.device().orElseThrow();
        bus.subscribe(user);
        byUser.merge(user, List.of(session), SessionRegistry::joined);
        presence.here(user, device, session.number());
        bus.tell(new Hint.Connected(user, device, session.number()));
    }

    private static List<Session> joined(List<Session> before, List<Session> more) {
        return Stream.concat(before.stream(), more.stream()).distinct().toList();
    }

    /// A session no longer speaks for a device.
    void forget(Session session) {
        session.user()
                .ifPresent(user -> {
                    byUser.computeIfPresent(user, (u, list) -> without(list, session));
                    presence.gone(user, session.device().orElseThrow(), session.number());
                    bus.unsubscribe(user);
                });
    }

    void remove(Session session) {
        all.remove(session.id());
        forget(session);
        CountDownLatch waiting = gone;
        if (waiting != null && all.isEmpty()) {
            waiting.countDown();
        }
    }

    private static @Nullable List<Session> without(List<Session> list, Session session) {
        List<Session> rest = list.stream().filter(other -> !other.equals(session)).toList();
        return rest.isEmpty() ? null : rest;
    }

    // -------------------------------------------------------------------------------------------------------- hearing

    private void heard(Hint hint) {
        switch (hint) {
            case Hint.Grown grown -> grown(grown);
            case Hint.Connected(UserId user, DeviceId device, long newest) ->
                    close(
                            user,
                            device,
                            session -> session.number() < newest,
                            Refusal.of(Code.REPLACED, "this device has connected again"));
            case Hint.SignedOut(UserId user, DeviceId device) ->
                    close(
                            user,
                            device,
                            session -> true,
                            Refusal.of(Code.SIGNED_OUT, "this device was signed out"));
        }
    }

    private void grown(Hint.Grown grown) {
        Message told = null;
        Optional<SharedFrame> own = Optional.empty();
        Optional<SharedFrame> others = Optional.empty();
        for (Appended entry : grown.appended()) {
            List<Session> sessions = byUser.get(entry.user());
            if (sessions == null) {
                continue;
            }
            Message message = entry.message();
            if (!Objects.equals(message, told)) {
                told = message;
                own = Optional.ofNullable(message).map(it -> Frames.newMessage(it, true));
                others = Optional.ofNullable(message).map(it -> Frames.newMessage(it, false));
            }
            boolean isOwn = message != null && entry.user().equals(message.sender());
            for (Session session : sessions) {
                session.offer(entry, grown.commit(), isOwn ? own : others);
            }
        }
    }

    private void close(UserId user, DeviceId device, Predicate<Session> which, Refusal refusal) {
        of(user).filter(session -> session.device().filter(device::equals).isPresent())
                .filter(which)
                .forEach(session -> session.close(refusal));
    }

    // ------------------------------------------------------------------------------------------------------------ time

    private void tickLater() {
        long shortest =
                Math.min(
                        Math.min(limits.heartbeatMs(), limits.heartbeatMinMs()),
                        limits.connectTimeoutMs());
        long tickMs = Math.clamp(shortest / TICKS_PER_INTERVAL, 1, MAX_TICK_MS);
        context.timer().after(Duration.ofMillis(tickMs), this::tick);
    }

    private void tick() {
        long now = context.timer().nowMs();
        for (Session session : all.values()) {
            try {
                session.tick(now);
            } catch (RuntimeException bug) {
                LOG.error("looking after a session failed", bug);
            }
        }
        tickLater();
    }

    /// Lets nobody in any more, sends the receipts that wait, and asks all clients to come back,
    /// spread over a while. Returns when they are gone, or when time is up.
    public void close() {
        CountDownLatch waiting = new CountDownLatch(1);
        gone = waiting;
        closing = true;
        LOG.info("asking {} connections to come back later", all.size());
        for (Session session : all.values()) {
            session.shutDown(spread());
        }
        if (all.isEmpty()) {
            return;
        }
        try {
            if (!waiting.await(limits.shutdownMs(), TimeUnit.MILLISECONDS)) {
                LOG.warn("{} connections did not end in time", all.size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long spread() {
        return context.random().nextLong(1, limits.shutdownMs() + 1L);
    }
}
