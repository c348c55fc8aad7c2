package dev.bocau.gateway;

import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.session.Connection;
import dev.bocau.session.Session;
import dev.bocau.session.SessionRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
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
/// all that wait.
///
/// @param <W> what waits to be written
public abstract class SocketConnection<W extends SocketConnection.Waiting>
        extends ChannelInboundHandlerAdapter implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(SocketConnection.class);

    /// How long the other side may take to end a connection that was ended here.
    private static final long CLOSE_WAIT_MS = 2_000;

    private final Channel channel;
    private final Limits limits;
    private volatile @Nullable Session session;
    private volatile long pending;
    private @Nullable Queue<W> queue;
    private boolean flushing;

    /// Why the socket is read: the session takes more, the other side takes what it is sent, and
    /// the transport itself does not wait for something.
    private boolean wanted = true;

    private boolean taking = true;
    private boolean held;
    private volatile boolean closing;

    /// Something that waits to be written.
    public interface Waiting {
        /// What it weighs while it waits.
        int bytes();
    }

    protected SocketConnection(Channel channel, Limits limits) {
        this.channel = channel;
        this.limits = limits;
    }

    /// Begins the session; only then anything may be read.
    public final void open(SessionRegistry sessions) {
        session = sessions.open(this).orElse(null);
    }

    protected final Channel channel() {
        return channel;
    }

    protected final Limits limits() {
        return limits;
    }

    /// Whether the end was begun here, or has come: what still comes is of no interest.
    protected final boolean closing() {
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

    /// Tells the other side of the end, behind everything that was sent; then it is to close the
    /// socket: if that were done here at once, what it has not read yet would be lost on the way.
    /// On the event loop.
    protected abstract void writeGoodbye(Code code, String reason);

    // ----------------------------------------------------------------------------------------------------- incoming

    /// Subclasses that hold bytes let go of them here.
    @Override
    public void channelInactive(ChannelHandlerContext context) {
        finish();
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
        channel.eventLoop().execute(this::flush);
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
    public final synchronized void read(boolean on) {
        wanted = on;
        readOrNot();
    }

    /// Whether to leave the socket unread for reasons of the transport's own.
    protected final synchronized void hold(boolean on) {
        held = on;
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
        channel.config().setAutoRead(wanted && taking && !held);
    }

    @Override
    public final void close(Code code, String reason) {
        if (finish()) {
            channel.eventLoop().execute(() -> sayGoodbye(code, reason));
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

    /// Leaves it to the other side to close the socket, which has been told of the end, and takes
    /// nothing more to be written. On the event loop.
    protected final void leave() {
        finish();
        read(true);
        var _ = channel.eventLoop().schedule(this::closeNow, CLOSE_WAIT_MS, TimeUnit.MILLISECONDS);
    }

    /// Tells the other side that nothing follows what was written; it can still speak. On the event
    /// loop.
    protected final void endOutput() {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> shutDownOutput());
    }

    private void shutDownOutput() {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            var _ = tls.closeOutbound();
        } else if (channel instanceof DuplexChannel socket) {
            var _ = socket.shutdownOutput();
        }
    }
}
