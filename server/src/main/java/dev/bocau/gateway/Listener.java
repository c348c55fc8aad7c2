package dev.bocau.gateway;

import dev.bocau.limits.Limits;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A port at which clients open sockets.
public final class Listener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    private static final int BACKLOG = 4_096;

    /// At a time: most frames of a client are shorter, and the buffer is the loop's, not the
    /// socket's.
    private static final int READ_BYTES = 2_048;

    /// Sockets beyond the limit of connections, so that those who are refused can be told.
    private static final int SHAKING_HANDS = 500;

    private final Channel channel;

    /// Starts to listen.
    ///
    /// @param what is spoken here, in words for an operator
    /// @param tls empty: the bytes are sent as they are
    /// @param opened adds the handlers to the pipeline of each socket
    /// @throws IllegalStateException if the address cannot be used
    public Listener(
            String what,
            InetSocketAddress address,
            EventLoops loops,
            Limits limits,
            Optional<Tls> tls,
            Consumer<ChannelPipeline> opened) {
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(loops.group())
                        .channel(loops.channel())
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new FixedRecvByteBufAllocator(READ_BYTES))
                        .childOption(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(
                                        limits.outboundMaxBytes(), 2 * limits.outboundMaxBytes()))
                        .childHandler(new Door(limits.connections() + SHAKING_HANDS, tls, opened));
        try {
            channel = bootstrap.bind(address).syncUninterruptibly().channel();
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    "cannot listen on " + address + ": " + e.getMessage(), e);
        }
        LOG.info(
                "listening for {}{} on {}",
                what,
                tls.isPresent() ? " with TLS" : "",
                channel.localAddress());
    }

    /// The port, also where 0 was asked for.
    public int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /// Takes no new sockets; those there are go on.
    @Override
    public void close() {
        channel.close().syncUninterruptibly();
    }

    /// Lets in no more sockets than there may be.
    private static final class Door extends ChannelInitializer<SocketChannel> {
        private final int most;
        private final Optional<Tls> tls;
        private final Consumer<ChannelPipeline> opened;
        private final AtomicInteger open = new AtomicInteger();
        private final ChannelFutureListener gone = closed -> open.decrementAndGet();

        Door(int most, Optional<Tls> tls, Consumer<ChannelPipeline> opened) {
            this.most = most;
            this.tls = tls;
            this.opened = opened;
        }

        @Override
        protected void initChannel(SocketChannel channel) {
            channel.closeFuture().addListener(gone);
            if (open.incrementAndGet() > most) {
                var _ = channel.close();
                return;
            }
            tls.ifPresent(secured -> channel.pipeline().addLast(secured.handler(channel.alloc())));
            opened.accept(channel.pipeline());
        }
    }
}
