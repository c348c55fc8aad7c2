package dev.bocau.gateway.mqtt;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// What waits to be written to a socket. It comes from several threads; one task on the event loop
/// writes all that waits.
final class Outbox {
    private final Channel channel;
    private final Consumer<Outgoing> writer;
    private final LongConsumer taken;
    private @Nullable Queue<Outgoing> queue;
    private volatile long pending;
    private boolean flushing;
    private boolean closed;

    /// @param writer writes one thing, on the event loop, and does not flush
    /// @param taken told how many bytes the network has taken, on the event loop
    Outbox(Channel channel, Consumer<Outgoing> writer, LongConsumer taken) {
        this.channel = channel;
        this.writer = writer;
        this.taken = taken;
    }

    void add(Outgoing outgoing) {
        synchronized (this) {
            if (closed) {
                return;
            }
            if (queue == null) {
                queue = new ArrayDeque<>(4);
            }
            queue.add(outgoing);
            pending += outgoing.bytes();
            if (flushing) {
                return;
            }
            flushing = true;
        }
        channel.eventLoop().execute(this::flush);
    }

    /// Writes all that waits; on the event loop.
    void flush() {
        Queue<Outgoing> waiting;
        synchronized (this) {
            waiting = queue;
            queue = null;
            flushing = false;
        }
        if (waiting == null) {
            return;
        }
        long bytes = 0;
        for (Outgoing outgoing : waiting) {
            writer.accept(outgoing);
            bytes += outgoing.bytes();
        }
        long written = bytes;
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> taken(written));
    }

    private void taken(long bytes) {
        synchronized (this) {
            pending -= bytes;
        }
        taken.accept(bytes);
    }

    /// Bytes that were added and not yet taken by the network.
    long pendingBytes() {
        return pending;
    }

    /// Takes nothing any more; what waits is still written.
    ///
    /// @return whether it was open
    synchronized boolean close() {
        boolean wasOpen = !closed;
        closed = true;
        return wasOpen;
    }
}
