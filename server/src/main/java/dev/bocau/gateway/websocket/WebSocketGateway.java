package dev.bocau.gateway.websocket;

import dev.bocau.limits.Limits;
import dev.bocau.session.SessionRegistry;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;

/// Speaks WebSocket: HTTP until the upgrade; then a {@link WebSocketConnection} is all there is.
public final class WebSocketGateway {
    /// Where clients ask for the upgrade.
    public static final String PATH = "/ws";

    private static final int HANDSHAKE_BYTES = 8_192;

    private final SessionRegistry sessions;
    private final Limits limits;

    public WebSocketGateway(SessionRegistry sessions, Limits limits) {
        this.sessions = sessions;
        this.limits = limits;
    }

    /// A socket was opened.
    public void opened(ChannelPipeline pipeline) {
        pipeline.addLast(new HttpServerCodec())
                .addLast(new HttpObjectAggregator(HANDSHAKE_BYTES))
                .addLast(new Handshake(sessions, limits));
    }
}
