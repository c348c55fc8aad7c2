package dev.bocau.gateway;

import dev.bocau.frame.SharedFrame;
import dev.bocau.frame.WireFormat;
import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.session.Connection;
import dev.bocau.session.Session;
import dev.bocau.session.SessionRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A socket that is a {@link Connection} for as long as it is open. What a frame looks like on it,
/// and how its end is told, is the transport's own.
///
/// Frames come from several threads; they wait in a queue, and one task on the event loop writes
/// all that wait into one buffer. A body is shared by all who receive it, only header and envelope
/// are this connection's own.
public abstract class SocketConnection extends ChannelInboundHandlerAdapter implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(SocketConnection.class);

    /// How long the other side may take to end a connection that was ended here.
    private static final long CLOSE_WAIT_MS = 2_000;

    private final Channel channel;
    private final WireFormat format;
    private final Limits limits;
    private final int headerBytes;
    private volatile @Nullable Session session;
    private volatile long pending;
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

    /// @param headerBytes the most that {@link #writeHeader} writes
    protected SocketConnection(Channel channel, WireFormat format, Limits limits, int headerBytes) {
        this.channel = channel;
        this.format = format;
        this.limits = limits;
        this.headerBytes = headerBytes;
    }

    /// Begins the session; only then anything may be read.
    public final void open(SessionRegistry sessions) {
        session = sessions.open(this).orElse(null);
    }

    protected final Channel channel() {
        return channel;
    }

    protected final WireFormat format() {
        return format;
    }

    protected final Limits limits() {
        return limits;
    }

    /// Whether the end was begun here: what still comes is of no interest.
    protected final boolean closing() {
        return closing;
    }

    /// Null where nobody was let in.
    protected final @Nullable Session session() {
        return session;
    }

    /// Writes what stands in front of a frame of this length.
    protected abstract void writeHeader(ByteBuf out, int frameBytes);

    /// Tells the other side of the end, behind everything that was sent; then it is to close the
    /// socket: if that were done here at once, what it has not read yet would be lost on the way.
    /// On the event loop.
    protected abstract void writeGoodbye(Code code, String reason);

    // ----------------------------------------------------------------------------------------------------- incoming

    /// Subclasses that hold bytes let go of them here.
    @Override
    public void channelInactive(ChannelHandlerContext context) {
        Session current = session;
        if (current != null) {
            current.closed();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // What TLS finds wrong is an IOException within a DecoderException.
        if (!(cause instanceof IOException || cause.getCause() instanceof IOException)) {
            LOG.warn("a connection failed", cause);
        }
        closeNow();
    }

    protected final void closeNow() {
        var _ = channel.close();
    }

    // ----------------------------------------------------------------------------------------------------- outgoing

    @Override
    public final void send(byte[] position, SharedFrame frame) {
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
        ByteBuf out = channel.alloc().ioBuffer(bytes + headerBytes * taken.size());
        for (Outgoing outgoing : taken) {
            writeHeader(out, outgoing.bytes());
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

    @Override
    public final long pendingBytes() {
        return pending;
    }

    @Override
    public final synchronized void read(boolean on) {
        wanted = on;
        readOrNot();
    }

    /// A client that does not take what it is sent is not listened to either: the answers to its
    /// pings would pile up.
    @Override
    public final void channelWritabilityChanged(ChannelHandlerContext context) {
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
    public final void close(Code code, String reason) {
        synchronized (this) {
            if (closing) {
                return;
            }
            closing = true;
        }
        channel.eventLoop().execute(() -> sayGoodbye(code, reason));
    }

    private void sayGoodbye(Code code, String reason) {
        flush();
        read(true);
        writeGoodbye(code, reason);
        var _ = channel.eventLoop().schedule(this::closeNow, CLOSE_WAIT_MS, TimeUnit.MILLISECONDS);
    }
}
