package dev.bocau.gateway.http;

import dev.bocau.gateway.http.Bodies.ConnectAnswer;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/// `/v1/connect`, which tells a client where the realtime listeners are, and the description of the
/// API.
public final class ConnectRoutes implements HttpListener.Part {
    private static final String OPENAPI = "/openapi.yaml";

    private static final Pattern WS = Pattern.compile("^ws");

    private final Optional<String> websocketUrl;
    private final String websocketPath;
    private final Optional<String> pollUrl;
    private final String pollPath;
    private final boolean tls;
    private final int realtimePort;
    private final Optional<Integer> tcpPort;
    private final Optional<Integer> mqttPort;
    private final Optional<String> vapidPublicKey;

    /// @param websocketUrl what to tell; empty: this port on the host that the client has asked
    /// @param pollUrl the same for polling; empty: the path beside that of websocketUrl, if it is
    ///   told
    /// @param tls whether all of these ports speak it
    /// @param tcpPort empty: there is none
    /// @param mqttPort likewise
    /// @param vapidPublicKey what browsers subscribe to pushes with; empty: there are none
    public ConnectRoutes(
            Optional<String> websocketUrl,
            String websocketPath,
            Optional<String> pollUrl,
            String pollPath,
            boolean tls,
            int realtimePort,
            Optional<Integer> tcpPort,
            Optional<Integer> mqttPort,
            Optional<String> vapidPublicKey) {
        this.websocketUrl = websocketUrl;
        this.websocketPath = websocketPath;
        this.pollUrl =
                pollUrl.or(() ->
                        websocketUrl.map(url ->
                                WS.matcher(URI.create(url).resolve("." + pollPath).toString())
                                        .replaceFirst("http")));
        this.pollPath = pollPath;
        this.tls = tls;
        this.realtimePort = realtimePort;
        this.tcpPort = tcpPort;
        this.mqttPort = mqttPort;
        this.vapidPublicKey = vapidPublicKey;
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
        String secured = tls ? "s" : "";
        String realtime = secured + "://%s:%d".formatted(name, realtimePort);
        request.json(
                new ConnectAnswer(
                        websocketUrl.orElse("ws" + realtime + websocketPath),
                        pollUrl.orElse("http" + realtime + pollPath),
                        tcpPort.map(port -> address(tls ? "tls" : "tcp", name, port)),
                        mqttPort.map(port -> address(tls ? "mqtts" : "mqtt", name, port)),
                        vapidPublicKey));
    }

    private static String address(String scheme, String host, int port) {
        return "%s://%s:%d".formatted(scheme, host, port);
    }

    private static void getOpenApi(Context request) {
        request.contentType("application/yaml")
                .result(Objects.requireNonNull(ConnectRoutes.class.getResourceAsStream(OPENAPI)));
    }
}
