package dev.bocau.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.bocau.limits.Limits;
import dev.bocau.session.SessionRegistry;
import dev.bocau.store.embedded.Folders;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// A gateway with sessions and a store behind it, and sockets in memory in front of it, for
/// fuzzers. A client says bytes and goes. What the server complains of in its log, and memory that
/// it does not let go of, are findings.
public final class FuzzedSockets {
    private static final String THREADS = "fuzzed";
    private static final long PATIENCE_S = 60;

    /// From one client to the next: everything that waits for its time has waited long enough.
    private static final long BETWEEN_MS = 300_000;

    private final TestHouse house;
    private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false);
    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory(THREADS, true), LocalIoHandler.newFactory());
    private final LocalAddress address = new LocalAddress(FuzzedSockets.class);
    private final BlockingQueue<Channel> accepted = new ArrayBlockingQueue<>(1);
    private final Complaints complaints = new Complaints();
    private volatile @Nullable Consumer<ChannelPipeline> opened;

    public FuzzedSockets() {
        Path folder;
        try {
            folder = Files.createTempDirectory("fuzzed");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        house =
                new TestHouse(
                        Limits.standard(), time -> Folders.open(folder, Limits.standard(), time));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
        new ServerBootstrap()
                .group(loop)
                .channel(LocalServerChannel.class)
                .childOption(ChannelOption.ALLOCATOR, memory)
                .childHandler(new Door())
                .bind(address)
                .syncUninterruptibly();
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME))
                .addAppender(complaints);
        complaints.start();
    }

    private void remove(Path folder) {
        house.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Door extends ChannelInitializer<LocalChannel> {
        @Override
        protected void initChannel(LocalChannel channel) {
            Consumer<ChannelPipeline> gateway = opened;
            if (gateway != null) {
                gateway.accept(channel.pipeline());
            }
            accepted.add(channel);
        }
    }

    /// Only what has to do with the sockets here: other tests may still be ending.
    private static final class Complaints extends AppenderBase<ILoggingEvent> {
        private final List<String> heard = new ArrayList<>();

        @Override
        protected synchronized void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.WARN)
                    && event.getThreadName().startsWith(THREADS)) {
                heard.add(event.getFormattedMessage() + " " + event.getThrowableProxy());
            }
        }

        private synchronized List<String> take() {
            List<String> taken = List.copyOf(heard);
            heard.clear();
            return taken;
        }
    }

    public SessionRegistry sessions() {
        return house.sessions();
    }

    public Limits limits() {
        return house.limits;
    }

    /// What lets `alice` in.
    public String token() {
        return house.token("alice").get();
    }

    /// One client after the other.
    ///
    /// @param gateway what a socket is opened to
    /// @param pieces what it says
    public synchronized void client(Consumer<ChannelPipeline> gateway, List<byte[]> pieces) {
        opened = gateway;
        try {
            Channel client =
                    new Bootstrap()
                            .group(loop)
                            .channel(LocalChannel.class)
                            .handler(new Deaf())
                            .connect(address)
                            .syncUninterruptibly()
                            .channel();
            Channel server = accepted.poll(PATIENCE_S, TimeUnit.SECONDS);
            for (byte[] piece : pieces) {
                // Each is read before the next comes.
                client.writeAndFlush(memory.heapBuffer().writeBytes(piece)).await();
            }
            client.close().await();
            if (server == null || !server.closeFuture().await(PATIENCE_S, TimeUnit.SECONDS)) {
                throw new AssertionError("the socket is still open");
            }
            house.time.advance(BETWEEN_MS);
            judge();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /// Lets go of what it is told.
    private static final class Deaf extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }
    }

    private void judge() throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        while (heldBytes() > 0 && System.nanoTime() < until) {
            loop.submit(() -> {}).await();
            Thread.onSpinWait();
        }
        List<String> heard = complaints.take();
        if (!heard.isEmpty()) {
            throw new AssertionError("the server complained: " + heard);
        }
        if (heldBytes() > 0) {
            throw new AssertionError("the server holds %d bytes".formatted(heldBytes()));
        }
    }

    private long heldBytes() {
        return memory.metric().usedHeapMemory() + memory.metric().usedDirectMemory();
    }
}
