package dev.bocau.gateway.socketio;

import dev.bocau.gateway.FrameHeader;
import dev.bocau.gateway.SocketHandler;
import dev.bocau.gateway.WebSocket;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A WebSocket that carries an {@link EngineConnection}, or is tried for it: a text message is a
/// packet. What comes goes to the connection's home loop.
final class EngineSocket extends SocketHandler implements WebSocket.Listener {
    private final EngineConnection connection;
    private final WebSocket webSocket;
    private volatile boolean closing;

    EngineSocket(Channel channel, EngineConnection connection, int maxBytes) {
        super(channel);
        this.connection = connection;
        this.webSocket = new WebSocket(channel, this, maxBytes);
    }

    private void atHome(Runnable work) {
        if (connection.home().inEventLoop()) {
            work.run();
        } else {
            connection.home().execute(work);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        webSocket.read(bytes);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        webSocket.gone();
        atHome(() -> connection.socketGone(this));
    }

    @Override
    public void message(int opcode, byte[] bytes) {
        if (opcode == FrameHeader.TEXT) {
            String packet = new String(bytes, StandardCharsets.UTF_8);
            atHome(() -> connection.socketMessage(this, packet));
        } else {
            webSocket.violated("attachments are not taken here");
        }
    }

    @Override
    public void heard() {
        atHome(() -> connection.socketHeard(this));
    }

    @Override
    public void tooLong() {
        atHome(connection::socketTooLong);
    }

    @Override
    public boolean closing() {
        return closing;
    }

    /// Writes packets; on any thread.
    ChannelFuture write(List<String> packets) {
        ByteBuf out = channel().alloc().ioBuffer();
        for (String packet : packets) {
            byte[] bytes = packet.getBytes(StandardCharsets.UTF_8);
            FrameHeader.write(out, FrameHeader.TEXT, bytes.length);
            out.writeBytes(bytes);
        }
        return channel().writeAndFlush(out);
    }

    /// Ends it behind what was written; on any thread. Not by a WebSocket's close: okhttp, on which
    /// Socket.IO's Java client stands, keeps that to itself, and the client would wait for pings.
    void end() {
        if (!closing) {
            closing = true;
            channel().eventLoop().execute(this::hangUp);
        }
    }

    private void hangUp() {
        webSocket.stopReading();
        endOutput();
        closeSoon();
    }
}
