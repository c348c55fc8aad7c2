package dev.bocau.gateway.websocket;

import dev.bocau.frame.About;
import dev.bocau.frame.Incoming;
import dev.bocau.frame.WireFormat;
import dev.bocau.gateway.FrameHeader;
import dev.bocau.gateway.FramedConnection;
import dev.bocau.gateway.WebSocket;
import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.Refusal;
import dev.bocau.session.Session;
import dev.bocau.session.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;

/// One WebSocket: all that is left of Netty's pipeline after the handshake.
final class WebSocketConnection extends FramedConnection implements WebSocket.Listener {
    private final WebSocket webSocket;

    WebSocketConnection(Channel channel, WireFormat format, Limits limits) {
        super(channel, format, limits, FrameHeader.MAX_BYTES);
        this.webSocket = new WebSocket(channel, this, limits.frameBytes());
    }

    @Override
    public Transport transport() {
        return Transport.WEBSOCKET;
    }

    // ----------------------------------------------------------------------------------------------------- incoming

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        webSocket.read(bytes);
    }

    @Override
    public void message(int opcode, byte[] bytes) {
        Session current = session();
        if (current != null) {
            current.receive(
                    opcode == opcode()
                            ? format().read(bytes)
                            : new Incoming.Unreadable(wrongKind(), About.NOTHING));
        }
    }

    private int opcode() {
        return format() == WireFormat.JSON ? FrameHeader.TEXT : FrameHeader.BINARY;
    }

    private Refusal wrongKind() {
        String kind = format() == WireFormat.JSON ? "text" : "binary";
        return Refusal.of(
                Code.MALFORMED, "%s is sent in %s frames".formatted(format().subprotocol(), kind));
    }

    @Override
    public void heard() {
        Session current = session();
        if (current != null) {
            current.heard();
        }
    }

    @Override
    public void tooLong() {
        Session current = session();
        if (current != null) {
            current.close(tooLongFrame());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        webSocket.gone();
        super.channelInactive(context);
    }

    // ----------------------------------------------------------------------------------------------------- outgoing

    @Override
    protected void writeHeader(ByteBuf out, int frameBytes) {
        FrameHeader.write(out, opcode(), frameBytes);
    }

    @Override
    public void ping() {
        webSocket.ping();
    }

    @Override
    protected void writeGoodbye(Code code, String reason) {
        var _ = webSocket.writeClose(code.number(), reason);
    }
}
