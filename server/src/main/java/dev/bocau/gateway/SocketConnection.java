package dev.bocau.gateway;

import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.Refusal;
import dev.bocau.session.Connection;
import dev.bocau.session.Session;
import dev.bocau.session.SessionRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// A socket that is a {@link Connection} for as long as it is open. What a frame looks like on it,
/// and how its end is told, is the transport's own.
///
/// Frames come from several threads; they wait in a queue, and one task on the event loop writes
/// all that wait.
///
/// @param <W> what waits to be written
public abstract class SocketConnection<W extends SocketConnection.Waiting> extends SocketHandler
        implements Connection {
    private final Limits limits;
    private volatile @Nullable Session session;
    private volatile long pending;
    private @Nullable Queue<W> queue;
    private boolean flushing;
    private volatile boolean closing;

    /// Something that waits to be written.
    public interface Waiting {
        /// What it weighs while it waits.
        int bytes();
    }

    protected SocketConnection(Channel channel, Limits limits) {
        super(channel);
        this.limits = limits;
    }

    /// Begins the session; only then anything may be read.
    public final void open(SessionRegistry sessions) {
        session = sessions.open(this).orElse(null);
    }

    protected final Limits limits() {
        return limits;
    }

    /// Whether the end was begun here, or has come: what still comes is of no interest.
    public final boolean closing() {
        return closing;
    }

    /// Null where nobody was let in.
    protected final @Nullable Session session() {
        return session;
    }

    /// Writes all that waits, and flushes once; on the event loop.
    ///
    /// @param bytes that it weighs together
    /// @return done when the network has taken it
    protected abstract ChannelFuture write(Queue<W> waiting, int bytes);

    /// Tells the other side of the end, behind everything that was sent. On the event loop.
    protected abstract void writeGoodbye(Code code, String reason);

    // ----------------------------------------------------------------------------------------------------- incoming

    protected final Refusal tooLongFrame() {
        return Refusal.of(
                Code.FRAME_TOO_LARGE, "longer than %,d bytes".formatted(limits.frameBytes()));
    }

    /// Subclasses that hold bytes let go of them here.
    @Override
    public void channelInactive(ChannelHandlerContext context) {
        finish();
        Session current = session;
        if (current != null) {
            current.closed();
        }
    }

    // ----------------------------------------------------------------------------------------------------- outgoing

    /// Queues something to be written behind what waits.
    protected final void add(W waiting) {
        synchronized (this) {
            if (closing) {
                return;
            }
            if (queue == null) {
                queue = new ArrayDeque<>(4);
            }
            queue.add(waiting);
            pending += waiting.bytes();
            if (flushing) {
                return;
            }
            flushing = true;
        }
        channel().eventLoop().execute(this::flush);
    }

    private void flush() {
        Queue<W> waiting;
        synchronized (this) {
            waiting = queue;
            queue = null;
            flushing = false;
        }
        if (waiting == null) {
            return;
        }
        int bytes = 0;
        for (W each : waiting) {
            bytes += each.bytes();
        }
        int written = bytes;
        write(waiting, bytes).addListener(done -> taken(written));
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
    public final void close(Code code, String reason) {
        if (finish()) {
            channel().eventLoop().execute(() -> sayGoodbye(code, reason));
        }
    }

    /// Takes nothing more to be written; what waits is still written.
    ///
    /// @return whether it was not so already
    private synchronized boolean finish() {
        boolean first = !closing;
        closing = true;
        return first;
    }

    private void sayGoodbye(Code code, String reason) {
        flush();
        writeGoodbye(code, reason);
        leave();
    }

    /// Takes nothing more to be written, and leaves it to the other side, which was told of the
    /// end, to close the socket. On the event loop.
    protected final void leave() {
        finish();
        closeSoon();
    }
}
