package dev.bocau.gateway.socketio;

import dev.bocau.gateway.FrameHeader;
import dev.bocau.gateway.WebSocketHandler;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A WebSocket that carries an {@link EngineConnection}, or is tried for it: a text message is a
/// packet. What comes goes to the connection's home loop.
final class EngineSocket extends WebSocketHandler {
    private final EngineConnection connection;
    private volatile boolean closing;

    EngineSocket(Channel channel, EngineConnection connection, int maxBytes) {
        super(channel, maxBytes);
        this.connection = connection;
    }

    private void atHome(Runnable work) {
        if (connection.home().inEventLoop()) {
            work.run();
        } else {
            connection.home().execute(work);
        }
    }

    @Override
    public void message(int opcode, byte[] bytes) {
        if (closing || !isReadable()) {
            return;
        }
        if (opcode == FrameHeader.TEXT) {
            String packet = new String(bytes, StandardCharsets.UTF_8);
            atHome(() -> connection.socketMessage(this, packet));
        } else {
            violated("attachments are not taken here");
        }
    }

    @Override
    protected void heard() {
        atHome(() -> connection.socketHeard(this));
    }

    @Override
    protected void tooLong() {
        atHome(connection::socketTooLong);
    }

    @Override
    protected boolean isClosing() {
        return closing;
    }

    @Override
    protected void gone() {
        atHome(() -> connection.socketGone(this));
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
}
