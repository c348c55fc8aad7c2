package dev.bocau.bench.machine;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// How many messages of 100 bytes Netty sends there and back a second: connections that each wait
/// for their echo, one event loop on each side. What a server could reach that did nothing.
public record NettyEcho(double perSecond) {
    private static final int BYTES = 100;

    public static NettyEcho measure(int connections, Duration time) {
        LongAdder echoes = new LongAdder();
        EventLoopGroup near = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        EventLoopGroup far = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try {
            Channel listener =
                    new ServerBootstrap()
                            .group(far)
                            .channel(EpollServerSocketChannel.class)
                            .childOption(ChannelOption.TCP_NODELAY, true)
                            .childHandler(new Echo(new LongAdder()))
                            .bind("127.0.0.1", 0)
                            .syncUninterruptibly()
                            .channel();
            for (int i = 0; i < connections; i++) {
                new Bootstrap()
                        .group(near)
                        .channel(EpollSocketChannel.class)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .handler(new Echo(echoes))
                        .connect(listener.localAddress())
                        .syncUninterruptibly()
                        .channel()
                        .writeAndFlush(Unpooled.wrappedBuffer(new byte[BYTES]))
                        .syncUninterruptibly();
            }
            long start = System.nanoTime();
            echoes.reset();
            LockSupport.parkNanos(time.toNanos());
            return new NettyEcho(echoes.sum() * 1e9 / (System.nanoTime() - start));
        } finally {
            var _ = near.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            var _ = far.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
    }

    @ChannelHandler.Sharable
    private static final class Echo extends ChannelInboundHandlerAdapter {
        private final LongAdder passed;

        Echo(LongAdder passed) {
            this.passed = passed;
        }

        @Override
        public void channelRead(ChannelHandlerContext here, Object message) {
            passed.increment();
            var _ = here.writeAndFlush(message);
        }

        /// The other side has gone first.
        @Override
        public void exceptionCaught(ChannelHandlerContext here, Throwable cause) {
            var _ = here.close();
        }
    }
}
