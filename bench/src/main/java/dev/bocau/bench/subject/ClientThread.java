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

/// A thread on which clients live: their sockets, their books and their sending.
public final class ClientThread {
    /// Where most of them live.
    public static final ClientThread MAIN = new ClientThread("clients");

    /// Where those live who would otherwise hold up the others.
    public static final ClientThread ASIDE = new ClientThread("clients-aside");

    private final EventLoopGroup loop;

    private ClientThread(String name) {
        loop =
                new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory(name, true), EpollIoHandler.newFactory());
    }

    /// Runs a task there, after those before it.
    public void run(Runnable task) {
        loop.execute(task);
    }

    /// Asks for something there, and waits for it.
    public <T> T call(Supplier<T> question) {
        return loop.submit(question::get).syncUninterruptibly().getNow();
    }

    /// Connects to a port of this machine, and waits for it.
    void connect(int port, ChannelHandler handler) throws IOException {
        CompletableFuture<Void> connected = new CompletableFuture<>();
        var _ =
                new Bootstrap()
                        .group(loop)
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
