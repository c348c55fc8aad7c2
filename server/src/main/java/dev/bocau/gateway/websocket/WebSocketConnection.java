package dev.bocau.gateway.websocket;

import dev.bocau.frame.About;
import dev.bocau.frame.Incoming;
import dev.bocau.frame.SharedFrame;
import dev.bocau.frame.WireFormat;
import dev.bocau.gateway.FrameHeader;
import dev.bocau.gateway.WebSocketHandler;
import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.Refusal;
import dev.bocau.session.Connection;
import dev.bocau.session.Session;
import dev.bocau.session.SessionRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// One WebSocket, as a {@link Connection}.
///
/// Frames come from several threads; they wait in a queue, and one task on the event loop writes
/// all that wait into one buffer. A body is shared by all who receive it, only header and envelope
/// are this connection's own.
final class WebSocketConnection extends WebSocketHandler implements Connection {
    private static final byte[] EMPTY = {};

    private final WireFormat format;
    private final Limits limits;
    private volatile @Nullable Session session;
    private volatile long pending;
    private @Nullable Queue<Outgoing> queue;
    private boolean flushing;
    private volatile boolean closing;

    private record Outgoing(byte[] envelope, byte[] body) {
        int bytes() {
            return envelope.length + body.length;
        }
    }

    WebSocketConnection(Channel channel, WireFormat format, Limits limits) {
        super(channel, limits.frameBytes());
        this.format = format;
        this.limits = limits;
    }

    void open(SessionRegistry sessions) {
        session = sessions.open(this).orElse(null);
    }

    // ----------------------------------------------------------------------------------------------------- incoming

    @Override
    protected void tooLong() {
        Session current = session;
        if (current != null) {
            current.close(
                    Refusal.of(
                            Code.FRAME_TOO_LARGE,
                            "longer than %,d bytes".formatted(limits.frameBytes())));
        }
    }

    @Override
    public void message(int opcode, byte[] bytes) {
        Session current = session;
        if (current == null || closing || !isReadable()) {
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
    protected void heard() {
        Session current = session;
        if (current != null) {
            current.heard();
        }
    }

    @Override
    protected boolean isClosing() {
        return closing;
    }

    @Override
    protected void gone() {
        Session current = session;
        if (current != null) {
            current.closed();
        }
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
        channel().eventLoop().execute(this::flush);
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
        ByteBuf out = channel().alloc().ioBuffer(bytes + FrameHeader.MAX_BYTES * taken.size());
        for (Outgoing outgoing : taken) {
            FrameHeader.write(out, opcode(), outgoing.bytes());
            out.writeBytes(outgoing.envelope).writeBytes(outgoing.body);
        }
        int written = bytes;
        channel().writeAndFlush(out).addListener(done -> taken(written));
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

    @Override
    public long pendingBytes() {
        return pending;
    }

    @Override
    public void ping() {
        var _ = write(FrameHeader.PING, EMPTY);
    }

    @Override
    public void close(Code code, String reason) {
        synchronized (this) {
            if (closing) {
                return;
            }
            closing = true;
        }
        channel().eventLoop().execute(() -> sayGoodbye(code, reason));
    }

    private void sayGoodbye(Code code, String reason) {
        flush();
        sayGoodbye(code.number(), reason);
    }
}
