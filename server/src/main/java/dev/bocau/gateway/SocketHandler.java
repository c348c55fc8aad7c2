package dev.bocau.gateway;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The last handler of a socket: when it is read, and how it ends.
public abstract class SocketHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(SocketHandler.class);

    /// How long the other side may take to end a connection that was ended here.
    private static final long CLOSE_WAIT_MS = 2_000;

    private final Channel channel;

    /// Why the socket is read: who is behind it takes more, the other side takes what it is sent,
    /// and the transport itself does not wait for something.
    private volatile boolean wanted = true;

    private volatile boolean taking = true;
    private volatile boolean held;

    protected SocketHandler(Channel channel) {
        this.channel = channel;
    }

    protected final Channel channel() {
        return channel;
    }

    // --------------------------------------------------------------------------------------------------------- flow

    /// Whether to go on reading from the socket.
    public final void read(boolean on) {
        wanted = on;
        readOrNot();
    }

    /// Whether to leave the socket unread for reasons of the transport's own.
    protected final void hold(boolean on) {
        held = on;
        readOrNot();
    }

    /// A client that does not take what it is sent is not listened to either: the answers to its
    /// pings would pile up.
    @Override
    public final void channelWritabilityChanged(ChannelHandlerContext context) {
        taking = channel.isWritable();
        readOrNot();
        context.fireChannelWritabilityChanged();
    }

    /// Whoever says something is followed by a look at all of it, on the event loop; without a
    /// lock, as some channels read at once, and what was read takes locks of its own.
    private void readOrNot() {
        if (channel.eventLoop().inEventLoop()) {
            channel.config().setAutoRead(wanted && taking && !held);
        } else {
            channel.eventLoop().execute(this::readOrNot);
        }
    }

    // ---------------------------------------------------------------------------------------------------------- end

    @Override
    public final void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!isTheOtherSides(cause)) {
            LOG.warn("a connection failed", cause);
        }
        closeNow();
    }

    /// A socket may break, also in the middle of a request; what TLS finds wrong is an IOException
    /// within a DecoderException.
    private static boolean isTheOtherSides(Throwable cause) {
        return cause instanceof IOException
                || cause instanceof PrematureChannelClosureException
                || cause.getCause() instanceof IOException;
    }

    protected final void closeNow() {
        var _ = channel.close();
    }

    /// Leaves it to the other side to close the socket, once it has been told of the end: if that
    /// were done here at once, what it has not read yet would be lost on the way. On the event
    /// loop.
    protected final void closeSoon() {
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
