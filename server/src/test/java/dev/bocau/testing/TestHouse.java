package dev.bocau.testing;

import com.google.protobuf.ByteString;
import dev.bocau.auth.Devices;
import dev.bocau.auth.Tokens;
import dev.bocau.auth.TrustedKeys;
import dev.bocau.bus.Bus;
import dev.bocau.bus.Hint;
import dev.bocau.bus.Presence;
import dev.bocau.bus.local.LocalBus;
import dev.bocau.chat.Conversations;
import dev.bocau.frame.Incoming;
import dev.bocau.frame.SharedFrame;
import dev.bocau.limits.Limits;
import dev.bocau.log.UserLog;
import dev.bocau.model.Code;
import dev.bocau.model.Conversation;
import dev.bocau.model.Conversation.History;
import dev.bocau.model.Conversation.Kind;
import dev.bocau.model.ConversationId;
import dev.bocau.model.UserId;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.push.LocalClaims;
import dev.bocau.push.Provider;
import dev.bocau.push.PushContext;
import dev.bocau.push.Pushes;
import dev.bocau.session.Connection;
import dev.bocau.session.Session;
import dev.bocau.session.SessionContext;
import dev.bocau.session.SessionRegistry;
import dev.bocau.session.Transport;
import dev.bocau.store.Store;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// Everything between a gateway and a store, in one process, with time in the test's hand. Devices
/// talk to their sessions without a socket.
public final class TestHouse implements AutoCloseable {
    private static final byte[] SECRET =
            "a secret of at least thirty-two bytes".getBytes(StandardCharsets.US_ASCII);

    public final ManualTime time = new ManualTime();
    public final Limits limits;
    public final Tokens tokens;
    private final Function<ManualTime, Store> openStore;
    private final ExecutorService lanes = Executors.newVirtualThreadPerTaskExecutor();

    /// What devices say comes in on one thread, as from an event loop.
    private final ExecutorService wire =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());

    private final List<Provider> providers;
    private final AtomicInteger pushing = new AtomicInteger();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

    private Store store;
    private Pushes pushes;
    private Conversations conversations;
    private Devices devices;
    private SessionRegistry sessions;
    private Predicate<Hint> heard = hint -> true;

    public TestHouse(Limits limits, Function<ManualTime, Store> openStore) {
        this(limits, openStore, List.of());
    }

    /// @param providers who pushes
    public TestHouse(
            Limits limits, Function<ManualTime, Store> openStore, List<Provider> providers) {
        this.limits = limits;
        this.openStore = openStore;
        this.providers = providers;
        this.tokens =
                new Tokens(
                        SECRET,
                        "the admin key",
                        new TrustedKeys(List.of(SECRET), Optional.empty(), Optional.empty()),
                        Optional.empty(),
                        Optional.empty(),
                        limits,
                        time);
        start();
    }

    @org.jspecify.annotations.NullUnmarked
    private void start() {
        store = openStore.apply(time);
        Bus bus = new LossyBus();
        pushes = pushes(store);
        UserLog log = new UserLog(store, bus, limits);
        conversations =
                new Conversations(
                        store,
                        log,
                        new TestMedia(new MemoryStorage(), limits, time).uses(store),
                        limits);
        devices = new Devices(store, bus);
        sessions =
                new SessionRegistry(
                        new SessionContext(
                                limits,
                                tokens,
                                devices,
                                log,
                                conversations,
                                time,
                                time,
                                new SplittableRandom(1),
                                pushes::sentInBackground,
                                lanes),
                        bus,
                        Presence.ALONE,
                        new SimpleMeterRegistry());
        bus.listen(pushes::heard);
    }

    private Pushes pushes(Store of) {
        PushContext context =
                new PushContext(
                        of,
                        limits,
                        new LocalClaims(),
                        time,
                        time,
                        new SplittableRandom(2),
                        work -> {
                            pushing.incrementAndGet();
                            lanes.execute(() -> {
                                try {
                                    work.run();
                                } finally {
                                    pushing.decrementAndGet();
                                }
                            });
                        },
                        metrics,
                        true);
        return new Pushes(context, providers);
    }

    /// Waits until everything is pushed that is due now.
    public void settlePushes() {
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> pushing.get() == 0);
    }

    public SimpleMeterRegistry metrics() {
        return metrics;
    }

    /// Stops everything and starts it again on what `openStore` opens then.
    public void restart(Runnable meanwhile) {
        pushes.close();
        settlePushes();
        store.close();
        meanwhile.run();
        start();
    }

    public Store store() {
        return store;
    }

    public Conversations conversations() {
        return conversations;
    }

    public Devices devices() {
        return devices;
    }

    public SessionRegistry sessions() {
        return sessions;
    }

    /// Which hints the bus is to carry: the others are lost.
    public void hear(Predicate<Hint> which) {
        heard = which;
    }

    private final class LossyBus implements Bus {
        private final LocalBus bus = new LocalBus();

        @Override
        public void listen(Consumer<Hint> listener) {
            bus.listen(listener);
        }

        @Override
        public void subscribe(UserId user) {
            bus.subscribe(user);
        }

        @Override
        public void unsubscribe(UserId user) {
            bus.unsubscribe(user);
        }

        @Override
        public void tell(Hint hint) {
            if (heard.test(hint)) {
                bus.tell(hint);
            }
        }

        @Override
        public void close() {
            bus.close();
        }
    }

    // ---------------------------------------------------------------------------------------------------- who is there

    public void direct(String id, String one, String other) {
        put(id, Kind.DIRECT, "", History.FROM_JOIN, one, other);
    }

    public void group(String id, String... members) {
        put(id, Kind.GROUP, id, History.FROM_JOIN, members);
    }

    public void put(String id, Kind kind, String title, History history, String... members) {
        Set<UserId> users = new LinkedHashSet<>();
        for (String member : members) {
            users.add(new UserId(member));
        }
        conversations.put(new Conversation(new ConversationId(id), kind, title, history), users);
    }

    public TestDevice device(String user, String id) {
        return new TestDevice(this::open, user, id, token(user));
    }

    public Supplier<String> token(String user) {
        return () -> tokens.mint(new UserId(user), Optional.empty(), Duration.ofDays(30)).token();
    }

    /// A device whose socket the test holds in its hand.
    public SlowConnection slowConnection() {
        return new SlowConnection();
    }

    private Link open(Link.Listener listener) {
        Straight straight = new Straight(listener);
        straight.session = sessions.open(straight).orElse(null);
        return straight;
    }

    /// A connection without a socket.
    private class Straight implements Connection, Link {
        private final Link.Listener listener;
        private @Nullable Session session;
        private boolean closed;

        Straight(Link.Listener listener) {
            this.listener = listener;
        }

        @Override
        public Transport transport() {
            return Transport.WEBSOCKET;
        }

        @Override
        public void send(byte[] position, SharedFrame frame) {
            ServerFrame.Builder whole = frame.frame().toBuilder();
            if (position.length > 0) {
                whole.setPosition(ByteString.copyFrom(position));
            }
            listener.frame(whole.build());
        }

        @Override
        public long pendingBytes() {
            return 0;
        }

        @Override
        public void ping() {}

        @Override
        public void read(boolean on) {}

        @Override
        public void close(Code code, String reason) {
            end(code.number());
        }

        private void end(int code) {
            synchronized (this) {
                if (closed) {
                    return;
                }
                closed = true;
            }
            listener.closed(code);
            in(Session::closed);
        }

        @Override
        public void send(ClientFrame frame) {
            in(to -> to.receive(new Incoming.Frame(frame)));
        }

        private void in(Consumer<Session> what) {
            Session to = session;
            if (to != null && !wire.isShutdown()) {
                wire.execute(() -> what.accept(to));
            }
        }

        @Override
        public void close() {
            end(0);
        }
    }

    /// A connection whose other side reads only when told to, and may fall silent.
    public final class SlowConnection {
        private volatile long pending;
        private final AtomicInteger pings = new AtomicInteger();
        private @Nullable Session session;

        public TestDevice device(String user, String id) {
            return new TestDevice(
                    listener -> {
                        Straight straight =
                                new Straight(listener) {
                                    @Override
                                    public long pendingBytes() {
                                        return pending;
                                    }

                                    @Override
                                    public void ping() {
                                        pings.incrementAndGet();
                                    }
                                };
                        session = sessions.open(straight).orElseThrow();
                        straight.session = session;
                        return straight;
                    },
                    user,
                    id,
                    token(user));
        }

        public void pending(long bytes) {
            pending = bytes;
            if (session != null && bytes < limits.outboundBytes() / 2) {
                session.writable();
            }
        }

        public int pings() {
            return pings.get();
        }
    }

    @Override
    public void close() {
        wire.close();
        pushes.close();
        settlePushes();
        store.close();
        lanes.shutdownNow();
    }
}
