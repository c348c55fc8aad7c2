package dev.bocau.session;

import dev.bocau.auth.Principal;
import dev.bocau.frame.About;
import dev.bocau.frame.Fields;
import dev.bocau.frame.Frames;
import dev.bocau.frame.Incoming;
import dev.bocau.frame.SharedFrame;
import dev.bocau.limits.Limits;
import dev.bocau.model.Appended;
import dev.bocau.model.Code;
import dev.bocau.model.Commit;
import dev.bocau.model.ConversationId;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Mark;
import dev.bocau.model.Position;
import dev.bocau.model.Position.Cursor;
import dev.bocau.model.Refusal;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.DeviceConnect;
import dev.bocau.protocol.Sync;
import dev.bocau.store.Connected;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One device on one connection, from its first frame to its end. Takes the client's frames one
/// after the other; what lies past its cursor is sent by its {@link Drain}.
public final class Session implements Requests.Answers {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final Optional<Refusal> DONE = Optional.empty();

    private final UUID id;
    private final SessionContext context;
    private final SessionRegistry registry;
    private final SessionMetrics metrics;
    private final Connection connection;
    private final Lane lane;
    private final Inbox inbox;
    private final RateLimit frames;
    private @Nullable Faults faults;
    private final long openedAtMs;

    private volatile long heardAtMs;
    private volatile long pingedAtMs;
    private volatile long checkedAtMs;
    private volatile @Nullable Principal principal;
    private volatile @Nullable DeviceId device;
    private volatile long number;
    private volatile int heartbeatMs;
    private volatile @Nullable Drain drain;
    private @Nullable Requests requests;
    private @Nullable StoredCursor cursor;
    private volatile boolean ended;
    private volatile @Nullable Code closedFor;
    private boolean expiryTold;

    Session(
            SessionContext context,
            SessionRegistry registry,
            SessionMetrics metrics,
            Connection connection) {
        this.id = new UUID(context.random().nextLong(), context.random().nextLong());
        this.context = context;
        this.registry = registry;
        this.metrics = metrics;
        this.connection = connection;
        this.lane = new Lane(context.lanes());
        Limits limits = context.limits();
        this.inbox = new Inbox(connection, lane, limits.inboxFrames());
        this.heartbeatMs = limits.heartbeatMs();
        this.openedAtMs = now();
        this.heardAtMs = openedAtMs;
        this.checkedAtMs = openedAtMs;
        this.frames =
                new RateLimit(limits.framesPerSecond(), 1_000, limits.frameBurst(), openedAtMs);
    }

    public UUID id() {
        return id;
    }

    /// Which of its device's sessions this is; newer ones have higher numbers.
    long number() {
        return number;
    }

    Optional<UserId> user() {
        return Optional.ofNullable(principal).map(Principal::user);
    }

    Optional<DeviceId> device() {
        return Optional.ofNullable(device);
    }

    private long now() {
        return context.timer().nowMs();
    }

    // -------------------------------------------------------------------- called by the gateway

    /// Something has come. Does not wait; what cannot wait either is handled before it returns.
    public void receive(Incoming incoming) {
        receive(incoming, refusal -> {});
    }

    /// Something has come on a transport that confirms each frame in a way of its own.
    ///
    /// @param handled told once, by any thread, what has become of it: empty: it is done, and a
    ///   message is durable; otherwise why it was refused. Never told if the session ends before
    public void receive(Incoming incoming, Consumer<Optional<Refusal>> handled) {
        heard();
        switch (incoming) {
            case Incoming.Frame(ClientFrame frame) ->
                    inbox.take(frame, () -> handle(frame, handled));
            case Incoming.Unreadable(Refusal refusal, About about) ->
                    inbox.take(() -> refuse(refusal, about, handled), false);
        }
    }

    /// The transport itself was told that the device has stored everything up to a position, as
    /// {@link Connection#send} was given it.
    public void acknowledged(byte[] position) {
        heard();
        inbox.take(
                () -> {
                    if (!ended) {
                        acknowledge(position);
                    }
                },
                false);
    }

    /// The other side has given a sign of life.
    public void heard() {
        heardAtMs = now();
    }

    /// Tells the client why and ends the connection.
    public void close(Refusal refusal) {
        metrics.refused(refusal.code());
        tell(Frames.error(refusal, About.NOTHING));
        closeFor(refusal);
    }

    private void closeFor(Refusal refusal) {
        closedFor = Objects.requireNonNullElse(closedFor, refusal.code());
        connection.close(refusal.code(), refusal.reason());
        closed();
    }

    private void tell(SharedFrame frame) {
        metrics.told(connection.transport());
        connection.send(Connection.NO_POSITION, frame);
    }

    /// The network has taken most of what was queued.
    public void writable() {
        Drain current = drain;
        if (current != null) {
            current.resume();
        }
    }

    /// The connection is gone.
    public void closed() {
        lane.task(this::end);
    }

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        metrics.closed(connection.transport(), closedFor);
        registry.remove(this);
        Drain current = drain;
        if (current != null) {
            current.stop();
            Objects.requireNonNull(cursor).end();
        }
    }

    // ------------------------------------------------------------------- called by the registry

    void offer(Appended entry, Commit commit, Optional<SharedFrame> message) {
        Drain current = drain;
        if (current != null) {
            current.offer(entry, commit, message);
        }
    }

    /// Sends the receipts that wait, then says when to come back.
    void shutDown(long retryAfterMs) {
        lane.task(() -> {
            try {
                Drain current = drain;
                if (current != null) {
                    current.flushReceipts();
                }
            } finally {
                close(Refusal.retry(Code.SHUTTING_DOWN, "the server is going down", retryAfterMs));
            }
        });
    }

    /// Looks after what time brings: silence, expiry, lost wakes, answers that are not read.
    void tick(long nowMs) {
        Limits limits = context.limits();
        Drain current = drain;
        if (current == null) {
            if (nowMs - openedAtMs >= limits.connectTimeoutMs()) {
                close(Refusal.of(Code.CONNECT_TIMEOUT, "no device_connect came"));
            }
            return;
        }
        if (nowMs - heardAtMs >= 2L * heartbeatMs) {
            close(Refusal.of(Code.HEARTBEAT_TIMEOUT, "nothing was heard"));
            return;
        }
        if (nowMs - heardAtMs >= heartbeatMs && nowMs - pingedAtMs >= heartbeatMs) {
            pingedAtMs = nowMs;
            connection.ping();
        }
        if (nowMs - checkedAtMs >= limits.heartbeatMs()) {
            checkedAtMs = nowMs;
            lane.task(() -> check(current));
        }
        checkExpiry(context.clock().millis());
    }

    /// What the bus has told may have been lost.
    private void check(Drain current) {
        try {
            context.devices()
                    .checkSession(
                            Objects.requireNonNull(principal).user(),
                            Objects.requireNonNull(device),
                            number);
        } catch (Refused refused) {
            if (refused.refusal().code().action() != Code.Action.RETRY) {
                close(refused.refusal());
            }
            return;
        }
        current.checkHead();
    }

    private void checkExpiry(long nowMs) {
        Principal who = principal;
        if (who == null || nowMs < who.expiresAtMs()) {
            return;
        }
        Refusal expired = Refusal.of(Code.TOKEN_EXPIRED, "the token has expired");
        if (nowMs >= who.expiresAtMs() + context.limits().tokenGraceMs()) {
            close(expired);
        } else if (!expiryTold) {
            expiryTold = true;
            tell(Frames.error(expired, About.NOTHING));
        }
    }

    int unacknowledged() {
        Drain current = drain;
        return current == null ? 0 : current.unacknowledged();
    }

    OptionalLong sentAtMs(ConversationId conversation, long seq) {
        Drain current = drain;
        return current == null ? OptionalLong.empty() : current.sentAtMs(conversation, seq);
    }

    boolean behind() {
        Drain current = drain;
        return current != null && current.behind();
    }

    // ---------------------------------------------------------------------------------------------- on the lane

    private void handle(ClientFrame frame, Consumer<Optional<Refusal>> handled) {
        if (ended) {
            return;
        }
        metrics.heard(connection.transport());
        try {
            long waitMs = frames.take(now());
            if (waitMs > 0) {
                throw tooFast(frame, waitMs);
            }
            if (frame.getBodyCase() == ClientFrame.BodyCase.DEVICE_CONNECT) {
                connect(frame.getDeviceConnect());
                handled.accept(DONE);
            } else {
                dispatch(frame, handled);
            }
        } catch (Refused refused) {
            refuse(refused.refusal(), About.of(frame), handled);
        } catch (RuntimeException bug) {
            LOG.error("handling a {} failed", frame.getBodyCase(), bug);
            refuse(Refusal.retry(Code.UNAVAILABLE, "the server failed"), About.of(frame), handled);
        }
    }

    /// The transport first: a refusal may end the connection.
    private void refuse(Refusal refusal, About about, Consumer<Optional<Refusal>> handled) {
        handled.accept(Optional.of(refusal));
        refuse(refusal, about);
    }

    private Refused tooFast(ClientFrame frame, long waitMs) {
        Refusal refusal =
                Refusal.retry(
                        Code.RATE_LIMITED,
                        "more than %d frames a second"
                                .formatted(context.limits().framesPerSecond()),
                        // Long enough for more than one frame: those behind it will come again.
                        Math.max(waitMs, Refusal.RETRY_AFTER_MS));
        Requests current = requests;
        if (current != null) {
            current.refused(About.of(frame), refusal);
        }
        return new Refused(refusal);
    }

    private void dispatch(ClientFrame frame, Consumer<Optional<Refusal>> handled) {
        Requests asked = requests;
        if (asked == null) {
            throw new Refused(Code.WRONG_STATE, "device_connect comes first");
        }
        switch (frame.getBodyCase()) {
            case SEND_MESSAGE -> {
                asked.send(frame.getSendMessage(), handled);
                return;
            }
            case MARK_DELIVERED -> {
                asked.markDelivered(frame.getMarkDelivered(), handled);
                return;
            }
            case ACK -> acknowledge(frame.getAck().getPosition().toByteArray());
            case MARK_READ -> asked.markRead(frame.getMarkRead());
            case EDIT_MESSAGE -> asked.edit(frame.getEditMessage());
            case RECALL_MESSAGE -> asked.recall(frame.getRecallMessage());
            case MUTE_CONVERSATION -> asked.mute(frame.getMuteConversation());
            case DEVICE_STATE -> connected().active(frame.getDeviceState().getActive());
            case TOKEN -> renew(frame.getToken().getToken());
            case PING -> answer(Frames.pong(frame.getPing().getTimestamp()));
            case DEVICE_CONNECT, BODY_NOT_SET ->
                    throw new Refused(Code.UNKNOWN_TYPE, "a frame without a body");
        }
        handled.accept(DONE);
    }

    private void connect(DeviceConnect frame) {
        if (principal != null) {
            throw new Refused(Code.WRONG_STATE, "connected already");
        }
        Principal who = context.tokens().verify(frame.getToken());
        Device here = Fields.device(frame.getDevice());
        registry.admission().enter(now());
        Connected known = context.devices().connect(who, here);
        principal = who;
        device = here.id();
        number = known.session();
        if (frame.hasHeartbeatMs()) {
            heartbeatMs = context.limits().heartbeatMs(frame.getHeartbeatMs());
        }
        // Heard from here on: what is appended before the drain reads is read, what is appended
        // after is heard. What was told of the device before is looked up.
        registry.add(this);
        try {
            context.devices().checkSession(who.user(), here.id(), number);
            begin(frame, who, here.id(), known);
        } catch (RuntimeException e) {
            registry.forget(this);
            principal = null;
            device = null;
            throw e;
        }
    }

    private void begin(DeviceConnect frame, Principal who, DeviceId here, Connected known) {
        UserId user = who.user();
        Optional<Position> presented =
                frame.getStoredCursor()
                        ? known.cursor()
                        : Optional.of(frame.getCursor()).flatMap(Fields::position);
        Optional<Position> start = context.log().resume(user, presented);
        List<Mark> delivered =
                start.map(at -> context.log().delivered(user, known.cursor(), at))
                        .orElse(List.of());
        Sync sync = sync(user, start);
        Drain begun =
                new Drain(
                        context,
                        connection,
                        lane,
                        metrics,
                        user,
                        new Attention(context.background(), user, here),
                        start,
                        sync == Sync.SYNC_RESUME,
                        known.lastSyncAtMs());
        requests = new Requests(context, begun, lane, metrics, user, here, this);
        StoredCursor stored = new StoredCursor(context, user, here, number);
        start.ifPresent(at -> stored.moved(at, delivered));
        cursor = stored;
        answer(
                Frames.deviceConnected(
                        user,
                        here,
                        id.toString(),
                        context.clock().millis(),
                        who.expiresAtMs(),
                        heartbeatMs,
                        sync,
                        context.limits()));
        drain = begun;
        begun.start();
    }

    private Sync sync(UserId user, Optional<Position> start) {
        if (start.isPresent() && start.get() instanceof Cursor at) {
            return context.log().isAtHead(user, at) ? Sync.SYNC_CURRENT : Sync.SYNC_RESUME;
        }
        return Sync.SYNC_SNAPSHOT;
    }

    private void acknowledge(byte[] encoded) {
        Position position =
                Position.decode(encoded)
                        .orElseThrow(() -> new Refused(Code.INVALID_FIELD, "position is none"));
        List<Mark> delivered =
                connected()
                        .acknowledge(position)
                        .orElseThrow(() ->
                                new Refused(
                                        Code.NOT_SENT,
                                        "that position was not sent in this session"));
        Objects.requireNonNull(cursor).moved(connected().acknowledged(), delivered);
    }

    private void renew(String token) {
        Principal renewed = context.tokens().verify(token);
        Principal before = Objects.requireNonNull(principal);
        boolean sameDevice = renewed.device().filter(only -> !only.equals(device)).isEmpty();
        if (!renewed.user().equals(before.user()) || !sameDevice) {
            throw new Refused(Code.NOT_ALLOWED, "the token is for another user or device");
        }
        principal = renewed;
        expiryTold = false;
        answer(Frames.tokenAccepted(renewed.expiresAtMs()));
    }

    private Drain connected() {
        return Objects.requireNonNull(drain);
    }

    @Override
    public void answer(SharedFrame frame) {
        if (connection.pendingBytes() > context.limits().outboundMaxBytes()) {
            close(Refusal.of(Code.SLOW_CONSUMER, Code.SLOW_CONSUMER.meaning()));
            return;
        }
        tell(frame);
    }

    /// Tells the client that something was refused. A few may happen; what asks for a new token,
    /// for another connection or for giving up ends this one, and so do too many.
    @Override
    public synchronized void refuse(Refusal refusal, About about) {
        metrics.refused(refusal.code());
        answer(Frames.error(refusal, about));
        Code.Action action = refusal.code().action();
        if (isOneTooMany(refusal.code())) {
            close(Refusal.of(Code.TOO_MANY_FAULTS, Code.TOO_MANY_FAULTS.meaning()));
        } else if (action == Code.Action.GIVE_UP
                || action == Code.Action.RECONNECT
                || (action == Code.Action.SIGN_IN && drain == null)) {
            closeFor(refusal);
        }
    }

    private boolean isOneTooMany(Code code) {
        if (faults == null) {
            faults = new Faults();
        }
        return faults.isOneTooMany(code, context.limits(), now());
    }
}
