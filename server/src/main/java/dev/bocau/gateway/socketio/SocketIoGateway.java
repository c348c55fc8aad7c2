package dev.bocau.gateway.socketio;

import dev.bocau.gateway.Exchange;
import dev.bocau.gateway.RealtimePath;
import dev.bocau.gateway.RealtimePaths;
import dev.bocau.gateway.UnguessableId;
import dev.bocau.gateway.WebSocketUpgrade;
import dev.bocau.limits.Limits;
import dev.bocau.session.SessionRegistry;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.concurrent.EventExecutor;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Speaks Socket.IO: finds the connection that a request is for, or opens it.
public final class SocketIoGateway implements RealtimePath {
    /// Where clients connect, unless they are told another path.
    public static final String PATH = "/socket.io";

    private static final String VERSION = "4";

    private final SessionRegistry sessions;
    private final Limits limits;
    private final RandomGenerator random;
    private final Rendering rendering = new Rendering();
    private final Map<String, EngineConnection> connections = new ConcurrentHashMap<>();

    /// @param random makes ids that nobody can guess
    public SocketIoGateway(SessionRegistry sessions, Limits limits, RandomGenerator random) {
        this.sessions = sessions;
        this.limits = limits;
        this.random = random;
    }

    @Override
    public String path() {
        return PATH;
    }

    @Override
    public String what() {
        return "Socket.IO";
    }

    @Override
    public void serve(Exchange exchange) {
        String transport = exchange.parameter("transport").orElse("");
        Optional<String> id = exchange.parameter("sid");
        EngineConnection known = id.map(connections::get).orElse(null);
        String name = exchange.parameter("t").orElse("");
        boolean get = exchange.method().equals(HttpMethod.GET);
        if (!transport.equals("polling") && !transport.equals("websocket")) {
            EngineError.UNKNOWN_TRANSPORT.tell(exchange);
        } else if (!exchange.parameter("EIO").filter(VERSION::equals).isPresent()) {
            EngineError.UNSUPPORTED_PROTOCOL_VERSION.tell(exchange);
        } else if (id.isPresent() && known == null) {
            EngineError.UNKNOWN_SID.tell(exchange);
        } else if (exchange.parameter("j").isPresent()) {
            EngineError.BAD_REQUEST.tell(exchange);
        } else if (id.isEmpty() && !get) {
            EngineError.BAD_HANDSHAKE_METHOD.tell(exchange);
        } else if (transport.equals("websocket")) {
            upgrade(exchange, known);
        } else if (known == null) {
            open(exchange, name);
        } else if (get) {
            known.home().execute(() -> known.fetch(exchange, name));
        } else if (exchange.method().equals(HttpMethod.POST)) {
            byte[] body = exchange.body();
            known.home().execute(() -> known.post(exchange, name, body));
        } else {
            EngineError.BAD_REQUEST.tell(exchange);
        }
    }

    private void open(Exchange exchange, String name) {
        if (connections.size() >= limits.connections()) {
            EngineError.FORBIDDEN.tell(exchange);
        } else {
            newConnection(exchange.loop()).openPolling(exchange, name);
        }
    }

    private void upgrade(Exchange exchange, @Nullable EngineConnection known) {
        if (!WebSocketUpgrade.isAsked(exchange, "A WebSocket is to be asked for.")) {
            return;
        }
        EngineConnection connection = known == null ? newConnection(exchange.loop()) : known;
        EngineSocket socket =
                new EngineSocket(exchange.channel(), connection, RealtimePaths.bodyBytes(limits));
        WebSocketUpgrade.accept(
                exchange,
                Optional.empty(),
                socket,
                () -> {
                    if (known == null) {
                        connection.openOn(socket);
                    } else {
                        connection.home().execute(() -> connection.probe(socket));
                    }
                });
    }

    private EngineConnection newConnection(EventExecutor home) {
        String id = UnguessableId.next(random);
        EngineConnection connection =
                new EngineConnection(
                        id,
                        home,
                        limits,
                        made -> {
                            ChatClient client = new ChatClient(made, sessions, limits, rendering);
                            client.waitForNamespace();
                            return client;
                        },
                        () -> connections.remove(id));
        connections.put(id, connection);
        return connection;
    }
}
