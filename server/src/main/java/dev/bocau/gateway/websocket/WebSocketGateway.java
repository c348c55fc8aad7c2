package dev.bocau.gateway.websocket;

import dev.bocau.frame.WireFormat;
import dev.bocau.gateway.Exchange;
import dev.bocau.gateway.RealtimePath;
import dev.bocau.gateway.WebSocketUpgrade;
import dev.bocau.limits.Limits;
import dev.bocau.session.SessionRegistry;
import java.util.Arrays;
import java.util.Optional;

/// Speaks WebSocket: answers the handshake, and then a {@link WebSocketConnection} is all there is.
public final class WebSocketGateway implements RealtimePath {
    /// Where clients ask for the upgrade.
    public static final String PATH = "/ws";

    private final SessionRegistry sessions;
    private final Limits limits;

    public WebSocketGateway(SessionRegistry sessions, Limits limits) {
        this.sessions = sessions;
        this.limits = limits;
    }

    @Override
    public String path() {
        return PATH;
    }

    @Override
    public String what() {
        return "WebSocket";
    }

    @Override
    public void serve(Exchange exchange) {
        if (!WebSocketUpgrade.isAsked(exchange, "WebSocket is spoken at " + PATH)) {
            return;
        }
        Optional<WireFormat> format = format(exchange);
        WebSocketConnection connection =
                new WebSocketConnection(exchange.channel(), format.orElse(WireFormat.JSON), limits);
        WebSocketUpgrade.accept(
                exchange,
                format.map(WireFormat::subprotocol),
                connection,
                () -> connection.open(sessions));
    }

    /// The first that the client offers and that is spoken here.
    private static Optional<WireFormat> format(Exchange exchange) {
        return WebSocketUpgrade.subprotocols(exchange).stream()
                .flatMap(name ->
                        Arrays.stream(WireFormat.values())
                                .filter(format -> format.subprotocol().equals(name)))
                .findFirst();
    }
}
