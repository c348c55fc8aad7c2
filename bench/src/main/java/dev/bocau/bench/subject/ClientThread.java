package dev.bocau.bench.subject;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
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

    /// Connects to a port of this machine, and waits for it.
    static void connect(int port, ChannelHandler handler) throws IOException {
        CompletableFuture<Void> connected = new CompletableFuture<>();
        var _ =
                new Bootstrap()
                        .group(LOOP)
                        .channel(EpollSocketChannel.class)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .handler(handler)
                        .connect(InetAddress.getLoopbackAddress(), port)
                        .addListener(done -> {
                            if (done.isSuccess()) {
                                connected.complete(null);
                            } else {
                                connected.completeExceptionally(done.cause());
                            }
                        });
        try {
            connected.get();
        } catch (ExecutionException e) {
            throw new IOException("not connected: " + e.getCause(), e);
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }
}
