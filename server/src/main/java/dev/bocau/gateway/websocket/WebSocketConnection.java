package dev.bocau.gateway.websocket;

import dev.bocau.frame.About;
import dev.bocau.frame.Incoming;
import dev.bocau.frame.SharedFrame;
import dev.bocau.frame.WireFormat;
import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.Refusal;
import dev.bocau.session.Connection;
import dev.bocau.session.Session;
import dev.bocau.session.SessionRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One WebSocket, as a {@link Connection}.
///
/// Frames come from several threads; they wait in a queue, and one task on the event loop writes
/// all that wait into one buffer. A body is shared by all who receive it, only header and envelope
/// are this connection's own.
final class WebSocketConnection extends SimpleChannelInboundHandler<WebSocketFrame>
        implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketConnection.class);
    private static final int FIN_TEXT = 0x81;
    private static final int FIN_BINARY = 0x82;
    private static final int HEADER_BYTES = 10;
    private static final int REASON_CHARS = 100;
    private static final long CLOSE_WAIT_MS = 2_000;

    private final Channel channel;
    private final SessionRegistry sessions;
    private final Limits limits;
    private final AtomicLong pending = new AtomicLong();
    private WireFormat format = WireFormat.JSON;
    private @Nullable ScheduledFuture<?> patience;
    private volatile @Nullable Session session;
    private @Nullable Queue<Outgoing> queue;
    private boolean flushing;
    private boolean wanted = true;
    private boolean taking = true;
    private volatile boolean closing;

    private record Outgoing(byte[] envelope, byte[] body) {
        int bytes() {
            return envelope.length + body.length;
        }
    }

    WebSocketConnection(Channel channel, SessionRegistry sessions, Limits limits) {
        this.channel = channel;
        this.sessions = sessions;
        this.limits = limits;
    }

    // ----------------------------------------------------------------------------------------------------- incoming

    @Override
    public void channelActive(ChannelHandlerContext context) {
        patience =
                context.executor()
                        .schedule(this::closeNow, limits.connectTimeoutMs(), TimeUnit.MILLISECONDS);
        context.fireChannelActive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof HandshakeComplete handshake) {
            stopWaiting();
            for (WireFormat each : WireFormat.values()) {
                if (each.subprotocol().equals(handshake.selectedSubprotocol())) {
                    format = each;
                }
            }
            session = sessions.open(this).orElse(null);
        }
        context.fireUserEventTriggered(event);
    }

    private void stopWaiting() {
        if (patience != null) {
            patience.cancel(false);
            patience = null;
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
        Session current = session;
        if (current == null || closing) {
            return;
        }
        boolean fits =
                format == WireFormat.JSON
                        ? frame instanceof TextWebSocketFrame
                        : frame instanceof BinaryWebSocketFrame;
        if (fits) {
            current.receive(format.read(ByteBufUtil.getBytes(frame.content())));
        } else if (frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame) {
            current.receive(new Incoming.Unreadable(wrongKind(), About.NOTHING));
        } else {
            current.heard();
        }
    }

    private Refusal wrongKind() {
        String kind = format == WireFormat.JSON ? "text" : "binary";
        return Refusal.of(
                Code.MALFORMED, "%s is sent in %s frames".formatted(format.subprotocol(), kind));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stopWaiting();
        Session current = session;
        if (current != null) {
            current.closed();
        }
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        boolean tooLong =
                cause instanceof TooLongFrameException
                        || (cause instanceof CorruptedWebSocketFrameException corrupted
                                && corrupted
                                        .closeStatus()
                                        .equals(WebSocketCloseStatus.MESSAGE_TOO_BIG));
        Session current = session;
        if (tooLong && current != null) {
            current.close(
                    Refusal.of(
                            Code.FRAME_TOO_LARGE,
                            "longer than %,d bytes".formatted(limits.frameBytes())));
        } else if (cause instanceof CorruptedWebSocketFrameException) {
            channel.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.PROTOCOL_ERROR))
                    .addListener(ChannelFutureListener.CLOSE);
        } else {
            if (!(cause instanceof IOException || cause instanceof CodecException)) {
                LOG.warn("a connection failed", cause);
            }
            closeNow();
        }
    }

    private void closeNow() {
        var _ = channel.close();
    }

    // ----------------------------------------------------------------------------------------------------- outgoing

    @Override
    public void send(byte[] position, SharedFrame frame) {
        Outgoing outgoing = new Outgoing(format.envelope(position), frame.body(format));
        synchronized (this) {
            if (closing) {
                return;
            }
            if (queue == null) {
                queue = new ArrayDeque<>(4);
            }
            queue.add(outgoing);
            pending.addAndGet(outgoing.bytes());
            if (flushing) {
                return;
            }
            flushing = true;
        }
        channel.eventLoop().execute(this::flush);
    }

    private void flush() {
        Queue<Outgoing> taken;
        synchronized (this) {
            taken = queue;
            queue = null;
            flushing = false;
        }
        if (taken == null) {
            return;
        }
        int bytes = 0;
        for (Outgoing outgoing : taken) {
            bytes += outgoing.bytes();
        }
        ByteBuf out = channel.alloc().ioBuffer(bytes + HEADER_BYTES * taken.size());
        for (Outgoing outgoing : taken) {
            write(out, outgoing);
        }
        int written = bytes;
        channel.writeAndFlush(out).addListener(done -> taken(written));
    }

    private void taken(int bytes) {
        long left = pending.addAndGet(-bytes);
        long half = limits.outboundBytes() / 2;
        Session current = session;
        if (current != null && left < half && left + bytes >= half) {
            current.writable();
        }
    }

    /// A server's frames are whole and not masked: RFC 6455, section 5.2.
    private void write(ByteBuf out, Outgoing outgoing) {
        int length = outgoing.bytes();
        out.writeByte(format == WireFormat.JSON ? FIN_TEXT : FIN_BINARY);
        if (length < 126) {
            out.writeByte(length);
        } else if (length <= 0xffff) {
            out.writeByte(126).writeShort(length);
        } else {
            out.writeByte(127).writeLong(length);
        }
        out.writeBytes(outgoing.envelope).writeBytes(outgoing.body);
    }

    @Override
    public long pendingBytes() {
        return pending.get();
    }

    @Override
    public void ping() {
        var _ = channel.writeAndFlush(new PingWebSocketFrame());
    }

    @Override
    public synchronized void read(boolean on) {
        wanted = on;
        readOrNot();
    }

    /// A client that does not take what it is sent is not listened to either: the answers to its
    /// pings, which Netty gives by itself, would pile up.
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        synchronized (this) {
            taking = channel.isWritable();
            readOrNot();
        }
        context.fireChannelWritabilityChanged();
    }

    private void readOrNot() {
        channel.config().setAutoRead(wanted && taking);
    }

    @Override
    public void close(Code code, String reason) {
        synchronized (this) {
            if (closing) {
                return;
            }
            closing = true;
        }
        channel.eventLoop().execute(() -> sayGoodbye(code, reason));
    }

    /// The other side is to answer and to end the connection: if it were ended here at once, what
    /// it has not read yet would be lost on the way.
    private void sayGoodbye(Code code, String reason) {
        flush();
        read(true);
        var _ = channel.writeAndFlush(new CloseWebSocketFrame(code.number(), shortened(reason)));
        var _ = channel.eventLoop().schedule(this::closeNow, CLOSE_WAIT_MS, TimeUnit.MILLISECONDS);
    }

    /// A close reason has room for 123 bytes: RFC 6455, section 5.5.
    private static String shortened(String reason) {
        StringBuilder ascii = new StringBuilder();
        for (int i = 0; i < Math.min(reason.length(), REASON_CHARS); i++) {
            char c = reason.charAt(i);
            ascii.append(c < 0x80 ? c : '?');
        }
        return ascii.toString();
    }
}
