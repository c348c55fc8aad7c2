package dev.bocau.gateway;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The threads that read and write the sockets of all listeners.
public final class EventLoops implements AutoCloseable {
    private static final long QUIET_MS = 0;
    private static final long CLOSE_MS = 3_000;
    private static final long LEAVE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK_AGAIN_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final EventLoopGroup group;
    private final Class<? extends ServerChannel> channel;

    public EventLoops() {
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        channel = epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        // Fewer than processors: what one loop has to do it does with fewer wakes and more at a
        // time (docs/decisions/006).
        group =
                new MultiThreadIoEventLoopGroup(
                        Math.max(1, Runtime.getRuntime().availableProcessors() / 2), io) {
                    @Override
                    protected IoEventLoop newChild(
                            Executor executor, IoHandlerFactory handler, Object... more) {
                        return new Loop(this, executor, handler);
                    }
                };
    }

    EventLoopGroup group() {
        return group;
    }

    Class<? extends ServerChannel> channel() {
        return channel;
    }

    /// Sockets whose clients were told of the end are left open for a moment, so that these close
    /// them: a loop that stops does not.
    @Override
    public void close() {
        long until = System.nanoTime() + LEAVE_NS;
        while (openSockets() > 0 && System.nanoTime() < until) {
            LockSupport.parkNanos(LOOK_AGAIN_NS);
        }
        group.shutdownGracefully(QUIET_MS, CLOSE_MS, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }

    private int openSockets() {
        int open = 0;
        for (EventExecutor loop : group) {
            open += ((Loop) loop).sockets();
        }
        return open;
    }

    /// Tells how many sockets it has: what is public of Netty's own says -1.
    private static final class Loop extends SingleThreadIoEventLoop {
        Loop(IoEventLoopGroup parent, Executor executor, IoHandlerFactory handler) {
            super(parent, executor, handler);
        }

        int sockets() {
            return getNumOfRegisteredChannels();
        }
    }
}
