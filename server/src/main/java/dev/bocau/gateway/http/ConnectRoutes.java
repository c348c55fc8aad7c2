package dev.bocau.gateway.http;

import dev.bocau.gateway.http.Bodies.ConnectAnswer;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Objects;
import java.util.Optional;

/// `/v1/connect`, which tells a client where the realtime listeners are, and the description of the
/// API.
public final class ConnectRoutes implements HttpListener.Part {
    private static final String OPENAPI = "/openapi.yaml";

    private final Optional<String> websocketUrl;
    private final boolean tls;
    private final int realtimePort;
    private final String path;
    private final Optional<Integer> tcpPort;

    /// @param websocketUrl what to tell; empty: this port on the host that the client has asked
    /// @param tls whether both ports speak it
    /// @param tcpPort empty: there is none
    public ConnectRoutes(
            Optional<String> websocketUrl,
            boolean tls,
            int realtimePort,
            String path,
            Optional<Integer> tcpPort) {
        this.websocketUrl = websocketUrl;
        this.tls = tls;
        this.realtimePort = realtimePort;
        this.path = path;
        this.tcpPort = tcpPort;
    }

    @Override
    public void add(JavalinConfig config) {
        RoutesConfig routes = config.routes;
        routes.get("/v1/connect", this::getConnect);
        routes.get("/v1" + OPENAPI, ConnectRoutes::getOpenApi);
    }

    private void getConnect(Context request) {
        String host = Optional.ofNullable(request.host()).orElse("localhost");
        // An IPv6 address has colons of its own, within brackets.
        String name = host.replaceFirst(":\\d+$", "");
        String websocket = (tls ? "wss" : "ws") + "://%s:%d%s".formatted(name, realtimePort, path);
        Optional<String> tcp =
                tcpPort.map(port -> (tls ? "tls" : "tcp") + "://%s:%d".formatted(name, port));
        request.json(new ConnectAnswer(websocketUrl.orElse(websocket), tcp));
    }

    private static void getOpenApi(Context request) {
        request.contentType("application/yaml")
                .result(Objects.requireNonNull(ConnectRoutes.class.getResourceAsStream(OPENAPI)));
    }
}
