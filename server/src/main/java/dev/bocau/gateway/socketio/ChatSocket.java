package dev.bocau.gateway.socketio;

import dev.bocau.frame.SharedFrame;
import dev.bocau.frame.WireFormat;
import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.Refusal;
import dev.bocau.session.Connection;
import dev.bocau.session.Session;
import dev.bocau.session.SessionRegistry;
import dev.bocau.session.Transport;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// A client's namespace `/chat`, as a {@link Connection}.
///
/// Its client knows no positions: every so often it is pinged, and the pong acknowledges what was
/// sent before the ping, because packets come in order.
final class ChatSocket implements Connection {
    /// Acknowledgements that a client waits for, at most; the oldest is forgotten then.
    private static final int CALLBACKS = 1_000;

    private final EngineConnection connection;
    private final Limits limits;
    private final Rendering rendering;

    private volatile @Nullable Session session;

    // What follows is guarded by this.

    /// What the client has said of itself, until the session has let it in.
    private JsonNode auth;

    /// Whether the session has been told who the client is, and has not refused it.
    private boolean introduced;

    /// Whether the client has been told that it is in the namespace.
    private boolean admitted;

    private OptionalLong connectCallback = OptionalLong.empty();

    /// By localId.
    private @Nullable Map<String, Long> callbacks;

    private byte[] sentUpTo = NO_POSITION;
    private byte[] acknowledged = NO_POSITION;
    private boolean pingPlanned;

    private boolean closing;

    ChatSocket(EngineConnection connection, Limits limits, Rendering rendering, JsonNode auth) {
        this.connection = connection;
        this.rendering = rendering;
        this.limits = limits;
        this.auth = auth;
    }

    @Override
    public Transport transport() {
        return Transport.SOCKETIO;
    }

    /// A client whose `auth` names its device is let in when the session lets it in; any other at
    /// once, and its event `device_connect` does the rest.
    void open(SessionRegistry sessions) {
        session = sessions.open(this).orElse(null);
        if (session == null) {
            return;
        }
        synchronized (this) {
            if (!Events.namesDevice(auth)) {
                admit();
                return;
            }
        }
        introduce(MissingNode.getInstance(), OptionalLong.empty());
    }

    private void introduce(JsonNode data, OptionalLong callback) {
        JsonNode said;
        synchronized (this) {
            if (introduced) {
                callback.ifPresent(id -> call(id, ok()));
                return;
            }
            introduced = true;
            connectCallback = callback;
            said = auth;
        }
        receive(Events.introduction(said, data));
    }

    private void receive(byte[] frame) {
        Session current = session;
        if (current != null) {
            current.receive(WireFormat.JSON.read(frame));
        }
    }

    // ------------------------------------------------------------------------------------------------ from the client

    void event(String name, JsonNode payload, OptionalLong callback) {
        if (!name.equals(Events.DEVICE_CONNECT)) {
            remember(payload, callback);
            receive(Events.frame(name, payload));
        } else {
            introduce(payload, callback);
        }
    }

    /// What has no localId has no answer of its own.
    private void remember(JsonNode payload, OptionalLong callback) {
        if (callback.isEmpty()) {
            return;
        }
        JsonNode localId = payload.path("localId");
        if (!localId.isString()) {
            call(callback.getAsLong(), ok());
            return;
        }
        synchronized (this) {
            if (callbacks == null) {
                callbacks = new LinkedHashMap<>();
            }
            callbacks.put(localId.asString(), callback.getAsLong());
            if (callbacks.size() > CALLBACKS) {
                callbacks.remove(callbacks.keySet().iterator().next());
            }
        }
    }

    private static ObjectNode ok() {
        return Packet.JSON.createObjectNode().put("status", "ok");
    }

    void heard() {
        Session current = session;
        if (current != null) {
            current.heard();
        }
    }

    void writable() {
        Session current = session;
        if (current != null) {
            current.writable();
        }
    }

    void tooLong() {
        String why = "longer than %,d bytes".formatted(limits.frameBytes());
        refuse(Refusal.of(Code.FRAME_TOO_LARGE, why));
    }

    void unread() {
        refuse(Refusal.of(Code.SLOW_CONSUMER, Code.SLOW_CONSUMER.meaning()));
    }

    private void refuse(Refusal refusal) {
        Session current = session;
        if (current != null) {
            current.close(refusal);
        }
    }

    void gone() {
        Session current = session;
        if (current != null) {
            current.closed();
        }
    }

    // ------------------------------------------------------------------------------------------------ to the client

    @Override
    public synchronized void send(byte[] position, SharedFrame frame) {
        if (closing) {
            return;
        }
        boolean page = false;
        List<Events.Event> events = rendering.of(frame);
        for (Events.Event event : events) {
            boolean last = event.equals(events.getLast());
            send(event, last ? position : NO_POSITION);
            page |= event.name().startsWith("sync_");
        }
        if (position.length > 0) {
            sentUpTo = position;
            planPing(page ? 0 : limits.ackMs());
        }
    }

    private void send(Events.Event event, byte[] position) {
        boolean error = event.name().equals("error");
        if (event.name().equals("device_connected")) {
            admit();
            auth = MissingNode.getInstance();
            connectCallback.ifPresent(id -> call(id, event.payload()));
            connectCallback = OptionalLong.empty();
        } else if (error && !admitted) {
            deny(event.payload());
            return;
        }
        connection.message(event.packet(), position);
        Events.localId(event)
                .filter(local -> error || event.name().equals("message_received"))
                .map(local -> callbacks == null ? null : callbacks.remove(local))
                .ifPresent(id -> call(id, event.payload()));
        if (error && event.payload().path("frame").asString("").equals(Events.DEVICE_CONNECT)) {
            connectCallback.ifPresent(id -> call(id, event.payload()));
            connectCallback = OptionalLong.empty();
            introduced = false;
        }
    }

    private void admit() {
        if (!admitted) {
            admitted = true;
            packet(
                    Packet.Kind.CONNECT,
                    OptionalLong.empty(),
                    Packet.JSON.createObjectNode().put("sid", sid()));
        }
    }

    private String sid() {
        Session current = session;
        return current == null ? "" : current.id().toString();
    }

    /// The client is not let in. For what passes it comes again by itself, when it has lost its
    /// connection; for anything else it is told, and does not.
    private void deny(ObjectNode error) {
        if (staysAway(error.path("code").asInt(0) / 100)) {
            ObjectNode denied = Packet.JSON.createObjectNode();
            denied.set("message", error.path("reason"));
            denied.set("data", error);
            packet(Packet.Kind.CONNECT_ERROR, OptionalLong.empty(), denied);
        }
        connection.home().execute(connection::close);
    }

    /// Whether a client is not to come again by itself, by the hundreds of the code.
    private static boolean staysAway(int hundreds) {
        return hundreds < 42 || hundreds > 44;
    }

    private void call(long id, ObjectNode payload) {
        packet(Packet.Kind.ACK, OptionalLong.of(id), Packet.JSON.createArrayNode().add(payload));
    }

    private void packet(Packet.Kind kind, OptionalLong id, JsonNode data) {
        connection.message(new Packet(kind, ChatClient.NAMESPACE, id, data).text(), NO_POSITION);
    }

    // ----------------------------------------------------------------------------------------------- acknowledging

    private void planPing(long afterMs) {
        if (!pingPlanned) {
            pingPlanned = true;
            var _ = connection.home().schedule(this::askForPong, afterMs, TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void askForPong() {
        pingPlanned = false;
        if (!Arrays.equals(sentUpTo, acknowledged)) {
            connection.ping(sentUpTo);
        }
    }

    /// Asks for a sign of life, which says that everything so far has arrived.
    @Override
    public synchronized void ping() {
        connection.ping(sentUpTo);
    }

    /// The client has got everything up to there.
    void arrived(byte[] upTo) {
        synchronized (this) {
            if (upTo.length == 0 || Arrays.equals(upTo, acknowledged)) {
                return;
            }
            acknowledged = upTo;
        }
        Session current = session;
        if (current != null) {
            current.acknowledged(upTo);
        }
    }

    @Override
    public long pendingBytes() {
        return connection.pendingBytes();
    }

    @Override
    public void read(boolean on) {
        connection.read(on);
    }

    @Override
    public synchronized void close(Code code, String reason) {
        if (!closing) {
            closing = true;
            if (admitted && staysAway(code.number() / 100)) {
                packet(Packet.Kind.DISCONNECT, OptionalLong.empty(), MissingNode.getInstance());
            }
            connection.home().execute(connection::close);
        }
    }
}
