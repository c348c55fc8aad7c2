package dev.bocau.bench.subject;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.function.Supplier;

/// The one thread on which all clients of this process live: sockets, books and sending.
public final class ClientThread {
    private static final EventLoopGroup LOOP =
            new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("clients", true), EpollIoHandler.newFactory());

    private ClientThread() {}

    /// Runs a task there, after those before it.
    public static void run(Runnable task) {
        LOOP.execute(task);
    }

    /// Asks for something there, and waits for it.
    public static <T> T call(Supplier<T> question) {
        return LOOP.submit(question::get).syncUninterruptibly().getNow();
    }

    static Channel connect(String host, int port, ChannelHandler handler) {
        return new Bootstrap()
                .group(LOOP)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(
                        new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                channel.pipeline().addLast(handler);
                            }
                        })
                .connect(host, port)
                .syncUninterruptibly()
                .channel();
    }
}
