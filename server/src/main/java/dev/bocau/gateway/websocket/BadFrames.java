package dev.bocau.gateway.websocket;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// Takes what the frame decoder objects to straight to the connection, which answers it: the
/// handler in between would end the connection without a word.
@ChannelHandler.Sharable
final class BadFrames extends ChannelInboundHandlerAdapter {
    static final BadFrames INSTANCE = new BadFrames();

    private BadFrames() {}

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
        WebSocketConnection connection = context.pipeline().get(WebSocketConnection.class);
        connection.exceptionCaught(context.pipeline().context(connection), cause);
    }
}
