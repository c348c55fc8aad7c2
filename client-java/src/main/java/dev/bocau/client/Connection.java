package dev.bocau.client;

import com.google.protobuf.ByteString;
import dev.bocau.protocol.Device;
import dev.bocau.protocol.DeviceConnect;
import dev.bocau.protocol.DeviceConnected;
import dev.bocau.protocol.ServerFrame;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keeps a session going: connects, waits, connects again, and knows when to give up. On the loop.
final class Connection {
    /// On the loop.
    interface Events {
        void state(State state);

        void frames(Session session, List<ServerFrame> frames);

        /// A session is over.
        void disconnected();
    }

    private final Loop loop;
    private final Address address;
    private final Device device;
    private final Tokens tokens;
    private final Supplier<byte @Nullable []> cursor;
    private final Events events;
    private final HeartbeatInterval heartbeat = new HeartbeatInterval();
    private State state = State.of(State.Name.STOPPED);
    private @Nullable Session session;
    private boolean running;
    private Loop.Cancel waiting = Loop.Cancel.NOTHING;
    private int attempt;
    private int refusedTokens;
    private boolean refetching;

    Connection(
            Loop loop,
            Address address,
            Device device,
            Tokens tokens,
            Supplier<byte @Nullable []> cursor,
            Events events) {
        this.loop = loop;
        this.address = address;
        this.device = device;
        this.tokens = tokens;
        this.cursor = cursor;
        this.events = events;
    }

    void start() {
        if (!running) {
            running = true;
            attempt = 0;
            refusedTokens = 0;
            connect();
        }
    }

    void stop(State rest) {
        running = false;
        waiting.cancel();
        Session current = session;
        session = null;
        if (current != null) {
            current.close(rest.name().toString());
            events.disconnected();
        }
        become(rest);
    }

    /// The network may be back: does not wait any longer, or finds out whether the session lives.
    void nudge() {
        if (session != null) {
            session.check();
        } else if (running) {
            waiting.cancel();
            connect();
        }
    }

    /// Everything that was missed is stored.
    void caughtUp() {
        if (state.name() == State.Name.SYNCING) {
            attempt = 0;
            become(State.of(State.Name.ONLINE));
        }
    }

    private void connect() {
        become(State.of(State.Name.CONNECTING));
        byte[] from;
        try {
            from = refetching ? null : cursor.get();
        } catch (RuntimeException e) {
            waitAfter(new Session.End(0, "the store has failed: " + e.getMessage(), 0, 0));
            throw e;
        }
        int proposedMs = heartbeat.proposedMs();
        Callable<DeviceConnect> hello =
                () -> {
                    DeviceConnect.Builder frame =
                            DeviceConnect.newBuilder()
                                    .setToken(tokens.get())
                                    .setDevice(device)
                                    .setHeartbeatMs(proposedMs);
                    if (from != null) {
                        frame.setCursor(ByteString.copyFrom(from));
                    }
                    return frame.build();
                };
        Session opened = new Session(loop, address, hello, new FromSession());
        session = opened;
        opened.start();
    }

    private final class FromSession implements Session.Events {
        @Override
        public void frames(Session from, List<ServerFrame> frames) {
            if (from != session) {
                return;
            }
            if (frames.stream().anyMatch(ServerFrame::hasDeviceConnected)) {
                refusedTokens = 0;
                refetching = false;
                become(State.of(State.Name.SYNCING));
            }
            events.frames(from, frames);
        }

        @Override
        public void held(int silenceMs) {
            heartbeat.held(silenceMs, loop.nowMs());
        }

        @Override
        public void ended(Session which, Session.End end) {
            if (end.silenceMs() > 0) {
                heartbeat.lost(end.silenceMs(), loop.nowMs());
            }
            if (which != session) {
                return;
            }
            session = null;
            events.disconnected();
            State rest = afterwards(end, which.terms());
            if (rest != null) {
                running = false;
                become(rest);
            } else {
                waitAfter(end);
            }
        }
    }

    private void waitAfter(Session.End end) {
        long delayMs = loop.backoffMs(attempt, end.retryAfterMs());
        attempt++;
        become(
                new State(
                        State.Name.WAITING,
                        System.currentTimeMillis() + delayMs,
                        end.code(),
                        end.reason()));
        if (running) {
            waiting = loop.after(delayMs, this::connect);
        }
    }

    /// The state to rest in; null to connect again.
    private @Nullable State afterwards(Session.End end, @Nullable DeviceConnected connected) {
        State signedOut = new State(State.Name.SIGNED_OUT, 0, end.code(), end.reason());
        State refused = new State(State.Name.REFUSED, 0, end.code(), end.reason());
        if (end.code() == Codes.REPLACED) {
            return State.of(State.Name.REPLACED);
        }
        return switch (Codes.action(end.code())) {
            case SIGN_IN -> {
                tokens.forget();
                refusedTokens++;
                // Signed out by somebody: a new token behind the person's back would undo that.
                // Refused twice without a session in between: the new one is no better.
                boolean rest = end.code() == Codes.SIGNED_OUT || refusedTokens > 1;
                yield rest ? signedOut : null;
            }
            case GIVE_UP -> refused;
            case REFETCH -> {
                refetching = true;
                yield null;
            }
            // Of device_connect itself: it would be refused again. Later it was some other frame.
            case DROP -> connected == null ? refused : null;
            case RETRY, RECONNECT, NONE -> null;
        };
    }

    private void become(State next) {
        state = next;
        events.state(next);
    }
}
