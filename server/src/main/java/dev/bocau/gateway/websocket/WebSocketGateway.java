package dev.bocau.gateway.websocket;

import dev.bocau.limits.Limits;
import dev.bocau.session.SessionRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listens for WebSocket connections.
public final class WebSocketGateway implements AutoCloseable {
    /// Where clients ask for the upgrade.
    public static final String PATH = "/ws";

    private static final Logger LOG = LoggerFactory.getLogger(WebSocketGateway.class);
    private static final int HANDSHAKE_BYTES = 8_192;
    private static final int BACKLOG = 4_096;

    /// At a time: most frames of a client are shorter, and the buffer is the loop's, not the
    /// socket's.
    private static final int READ_BYTES = 2_048;

    /// Sockets beyond the limit of connections, so that those who are refused can be told.
    private static final int SHAKING_HANDS = 500;

    private static final long QUIET_MS = 0;
    private static final long CLOSE_MS = 3_000;

    private final EventLoopGroup loops;
    private final Channel listener;

    /// Starts to listen.
    ///
    /// @throws IllegalStateException if the address cannot be used
    public WebSocketGateway(InetSocketAddress address, SessionRegistry sessions, Limits limits) {
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        Class<? extends ServerChannel> channel =
                epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        // Fewer than processors: what one loop has to do it does with fewer wakes and more at a
        // time (docs/decisions/006).
        loops =
                new MultiThreadIoEventLoopGroup(
                        Math.max(1, Runtime.getRuntime().availableProcessors() / 2), io);
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(loops)
                        .channel(channel)
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
                        .childHandler(new Pipeline(sessions, limits));
        try {
            listener = bootstrap.bind(address).syncUninterruptibly().channel();
        } catch (RuntimeException e) {
            var _ = loops.shutdownGracefully();
            throw new IllegalStateException(
                    "cannot listen on " + address + ": " + e.getMessage(), e);
        }
        LOG.info("listening for WebSocket on {}", listener.localAddress());
    }

    /// The port, also where 0 was asked for.
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /// Takes no new connections; those there are go on.
    public void stopListening() {
        listener.close().syncUninterruptibly();
    }

    @Override
    public void close() {
        stopListening();
        loops.shutdownGracefully(QUIET_MS, CLOSE_MS, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }

    /// HTTP until the upgrade; then a {@link WebSocketConnection} is all there is.
    private static final class Pipeline extends ChannelInitializer<SocketChannel> {
        private final SessionRegistry sessions;
        private final Limits limits;
        private final AtomicInteger open = new AtomicInteger();
        private final ChannelFutureListener gone = closed -> open.decrementAndGet();

        Pipeline(SessionRegistry sessions, Limits limits) {
            this.sessions = sessions;
            this.limits = limits;
        }

        @Override
        protected void initChannel(SocketChannel channel) {
            channel.closeFuture().addListener(gone);
            if (open.incrementAndGet() > limits.connections() + SHAKING_HANDS) {
                var _ = channel.close();
                return;
            }
            channel.pipeline()
                    .addLast(new HttpServerCodec())
                    .addLast(new HttpObjectAggregator(HANDSHAKE_BYTES))
                    .addLast(new Handshake(sessions, limits));
        }
    }
}
