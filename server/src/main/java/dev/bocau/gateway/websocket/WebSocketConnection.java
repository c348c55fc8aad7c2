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
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One WebSocket, as a {@link Connection}: all that is left of Netty's pipeline after the
/// handshake.
///
/// Frames come from several threads; they wait in a queue, and one task on the event loop writes
/// all that wait into one buffer. A body is shared by all who receive it, only header and envelope
/// are this connection's own.
final class WebSocketConnection extends ChannelInboundHandlerAdapter
        implements Connection, FrameReader.Sink {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketConnection.class);
    private static final int REASON_CHARS = 100;
    private static final long CLOSE_WAIT_MS = 2_000;
    private static final int PROTOCOL_ERROR = 1_002;
    private static final byte[] EMPTY = {};

    private final Channel channel;
    private final WireFormat format;
    private final Limits limits;
    private final FrameReader reader;
    private volatile @Nullable Session session;
    private volatile long pending;
    private @Nullable Queue<Outgoing> queue;
    private boolean flushing;
    private boolean wanted = true;
    private boolean taking = true;
    private volatile boolean closing;

    /// Whether what comes can still be read.
    private boolean readable = true;

    private record Outgoing(byte[] envelope, byte[] body) {
        int bytes() {
            return envelope.length + body.length;
        }
    }

    WebSocketConnection(Channel channel, WireFormat format, Limits limits) {
        this.channel = channel;
        this.format = format;
        this.limits = limits;
        this.reader = new FrameReader(limits.frameBytes());
    }

    void open(SessionRegistry sessions) {
        session = sessions.open(this).orElse(null);
    }

    // ----------------------------------------------------------------------------------------------------- incoming

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        if (!readable) {
            ReferenceCountUtil.release(bytes);
            return;
        }
        try {
            reader.read((ByteBuf) bytes, this);
        } catch (FrameReader.Violation violation) {
            readable = false;
            writeClose(PROTOCOL_ERROR, String.valueOf(violation.getMessage()))
                    .addListener(ChannelFutureListener.CLOSE);
        } catch (FrameReader.TooLong tooLong) {
            readable = false;
            Session current = session;
            if (current != null) {
                current.close(
                        Refusal.of(
                                Code.FRAME_TOO_LARGE,
                                "longer than %,d bytes".formatted(limits.frameBytes())));
            }
        }
    }

    @Override
    public void message(int opcode, byte[] bytes) {
        Session current = session;
        if (current == null || closing || !readable) {
            return;
        }
        current.receive(
                opcode == opcode()
                        ? format.read(bytes)
                        : new Incoming.Unreadable(wrongKind(), About.NOTHING));
    }

    private int opcode() {
        return format == WireFormat.JSON ? FrameHeader.TEXT : FrameHeader.BINARY;
    }

    private Refusal wrongKind() {
        String kind = format == WireFormat.JSON ? "text" : "binary";
        return Refusal.of(
                Code.MALFORMED, "%s is sent in %s frames".formatted(format.subprotocol(), kind));
    }

    @Override
    public void control(int opcode, byte[] bytes) {
        Session current = session;
        if (current != null && !closing) {
            current.heard();
        }
        switch (opcode) {
            case FrameHeader.PING -> {
                var _ = write(FrameHeader.PONG, bytes);
            }
            case FrameHeader.CLOSE -> {
                readable = false;
                if (closing) {
                    closeNow();
                } else {
                    write(FrameHeader.CLOSE, bytes.length < 2 ? EMPTY : Arrays.copyOf(bytes, 2))
                            .addListener(ChannelFutureListener.CLOSE);
                }
            }
            default -> {}
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        reader.close();
        Session current = session;
        if (current != null) {
            current.closed();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.warn("a connection failed", cause);
        }
        closeNow();
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
            pending += outgoing.bytes();
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
        ByteBuf out = channel.alloc().ioBuffer(bytes + FrameHeader.MAX_BYTES * taken.size());
        for (Outgoing outgoing : taken) {
            FrameHeader.write(out, opcode(), outgoing.bytes());
            out.writeBytes(outgoing.envelope).writeBytes(outgoing.body);
        }
        int written = bytes;
        channel.writeAndFlush(out).addListener(done -> taken(written));
    }

    private void taken(int bytes) {
        long left;
        synchronized (this) {
            pending -= bytes;
            left = pending;
        }
        long half = limits.outboundBytes() / 2;
        Session current = session;
        if (current != null && left < half && left + bytes >= half) {
            current.writable();
        }
    }

    private ChannelFuture write(int opcode, byte[] bytes) {
        ByteBuf out = channel.alloc().ioBuffer(FrameHeader.MAX_BYTES + bytes.length);
        FrameHeader.write(out, opcode, bytes.length);
        return channel.writeAndFlush(out.writeBytes(bytes));
    }

    private ChannelFuture writeClose(int code, String reason) {
        byte[] ascii = shortened(reason).getBytes(StandardCharsets.US_ASCII);
        return write(
                FrameHeader.CLOSE,
                ByteBuffer.allocate(2 + ascii.length).putShort((short) code).put(ascii).array());
    }

    @Override
    public long pendingBytes() {
        return pending;
    }

    @Override
    public void ping() {
        var _ = write(FrameHeader.PING, EMPTY);
    }

    @Override
    public synchronized void read(boolean on) {
        wanted = on;
        readOrNot();
    }

    /// A client that does not take what it is sent is not listened to either: the answers to its
    /// pings would pile up.
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
        var _ = writeClose(code.number(), reason);
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
