package dev.bocau.gateway.tcp;

import dev.bocau.limits.Limits;
import dev.bocau.session.SessionRegistry;
import io.netty.channel.ChannelPipeline;

/// Speaks protobuf over TCP: a {@link TcpConnection} is all there is.
public final class TcpGateway {
    private final SessionRegistry sessions;
    private final Limits limits;

    public TcpGateway(SessionRegistry sessions, Limits limits) {
        this.sessions = sessions;
        this.limits = limits;
    }

    /// A socket was opened.
    public void opened(ChannelPipeline pipeline) {
        pipeline.addLast(new TcpConnection(pipeline.channel(), sessions, limits));
    }
}
