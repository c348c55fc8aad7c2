package dev.bocau.gateway;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Frames that wait until a client fetches them by a request, in order. Safe for several threads. A
/// body is shared by all who receive it, only the head is this client's own.
public final class Outbox {
    private final long half;
    private @Nullable Deque<Item> items;
    private long bytes;

    /// A frame in two parts.
    public record Item(byte[] head, byte[] body) {
        public int bytes() {
            return head.length + body.length;
        }
    }

    /// @param outboundBytes waiting, from which on a connection is asked for no more
    public Outbox(int outboundBytes) {
        this.half = outboundBytes / 2;
    }

    public synchronized void add(byte[] head, byte[] body) {
        if (items == null) {
            items = new ArrayDeque<>(4);
        }
        Item item = new Item(head, body);
        items.add(item);
        bytes += item.bytes();
    }

    /// The foremost, as many as are no longer together than this, at least one if there is one.
    /// They stay.
    public synchronized List<Item> foremost(int maxBytes) {
        List<Item> foremost = new ArrayList<>();
        if (items == null) {
            return foremost;
        }
        long room = maxBytes;
        for (Item item : items) {
            room -= item.bytes();
            if (room < 0 && !foremost.isEmpty()) {
                break;
            }
            foremost.add(item);
        }
        return foremost;
    }

    /// Lets go of the foremost.
    ///
    /// @return whether what waits has fallen below half of what may
    public synchronized boolean drop(long count) {
        long before = bytes;
        for (long i = 0; i < count && items != null; i++) {
            bytes -= items.remove().bytes();
            if (items.isEmpty()) {
                items = null;
            }
        }
        return bytes < half && before >= half;
    }

    public synchronized int size() {
        return items == null ? 0 : items.size();
    }

    /// What waits.
    public synchronized long bytes() {
        return bytes;
    }
}
