package dev.bocau.client;

import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.Conversation;
import dev.bocau.protocol.DeviceMark;
import dev.bocau.protocol.MarkRead;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What this user has read on this device and the server has not confirmed. Kept in the store with
/// the time of reading, told in every session until messages_read_sync of this device confirms it.
final class ReadMarks {
    private final Loop loop;
    private final Store store;
    private final String deviceId;
    private final Consumer<String> changed;

    /// Told in this session, by conversation: the furthest seq.
    private final Map<String, Long> told = new ConcurrentHashMap<>();

    private @Nullable Session session;
    private boolean gathering;
    private Loop.Cancel repeating = Loop.Cancel.NOTHING;

    /// @param changed told of a conversation
    ReadMarks(Loop loop, Store store, String deviceId, Consumer<String> changed) {
        this.loop = loop;
        this.store = store;
        this.deviceId = deviceId;
        this.changed = changed;
    }

    /// The messages up to `seq` were on the screen. Nothing happens where this device has said so
    /// before. On any thread.
    void mark(String conversationId, long seq) {
        PendingRead read = new PendingRead(conversationId, seq, System.currentTimeMillis());
        if (store.transaction(rows -> add(rows, read))) {
            loop.execute(() -> {
                changed.accept(conversationId);
                if (!gathering) {
                    gathering = true;
                    loop.after(Limits.READ_GATHER_MS, this::tell);
                }
            });
        }
    }

    /// False where this device has read as far before, or there is no such message.
    private boolean add(Store.Transaction rows, PendingRead read) {
        String id = read.conversationId();
        Conversation conversation = rows.conversation(id);
        long own =
                conversation == null
                        ? 0
                        : conversation
                                .getDevicesOrDefault(deviceId, DeviceMark.getDefaultInstance())
                                .getLastSeenSeq();
        List<PendingRead> pending =
                rows.pendingReads().stream()
                        .filter(each -> each.conversationId().equals(id))
                        .collect(Collectors.toList());
        PendingRead newest = pending.isEmpty() ? null : pending.get(pending.size() - 1);
        if (rows.message(id, read.seq()) == null
                || read.seq() <= Math.max(own, newest == null ? 0 : newest.seq())) {
            return false;
        }
        // One glance is one read: marks of the same moment, not told yet, are its parts.
        if (newest != null
                && newest.seq() > told.getOrDefault(id, 0L)
                && read.readAt() - newest.readAt() < Limits.READ_GATHER_MS) {
            rows.removePendingReads(id, newest.seq(), newest.seq());
        } else if (pending.size() >= Limits.PENDING_READS) {
            long oldest = pending.get(0).seq();
            rows.removePendingReads(id, oldest, oldest);
        }
        rows.putPendingRead(read);
        return true;
    }

    // --------------------------------------------------------------------------------- on the loop

    void open(Session begun) {
        closed();
        session = begun;
        tell();
    }

    void closed() {
        session = null;
        told.clear();
        repeating.cancel();
    }

    /// Some mark was refused for now; which one, the error does not say.
    void refusedForNow(long delayMs) {
        repeating.cancel();
        repeating =
                loop.after(
                        delayMs,
                        () -> {
                            told.clear();
                            tell();
                        });
    }

    private void tell() {
        gathering = false;
        Session line = session;
        if (line == null) {
            return;
        }
        Map<String, Long> before = new HashMap<>(told);
        for (PendingRead read : store.transaction(Store.Transaction::pendingReads)) {
            if (read.seq() > before.getOrDefault(read.conversationId(), 0L)) {
                told.merge(read.conversationId(), read.seq(), Math::max);
                line.send(
                        ClientFrame.newBuilder()
                                .setMarkRead(
                                        MarkRead.newBuilder()
                                                .setConversationId(read.conversationId())
                                                .setSeq(read.seq())
                                                .setReadAt(read.readAt())));
            }
        }
    }
}
