package dev.bocau.store.embedded;

import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A {@link Kv} whose disk fails, stalls or fills up when a test says so.
final class FaultyKv implements Kv {
    /// What becomes of a write.
    enum Disk {
        SOUND,
        FAILS_BEFORE_WRITING,
        FAILS_AFTER_WRITING
    }

    private final Kv kv;
    private final Semaphore mayWrite = new Semaphore(0);
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile Disk disk = Disk.SOUND;
    private volatile boolean stalled;
    private volatile long freeBytes = Long.MAX_VALUE;

    FaultyKv(Kv kv) {
        this.kv = kv;
    }

    void disk(Disk newDisk) {
        disk = newDisk;
    }

    void stall() {
        stalled = true;
    }

    void goOn() {
        stalled = false;
        mayWrite.release(1_000);
    }

    /// How many writes have begun while the disk stalled.
    int waiting() {
        return waiting.get();
    }

    void freeBytes(long bytes) {
        freeBytes = bytes;
    }

    @Override
    public void write(List<Change> changes) {
        if (stalled) {
            waiting.incrementAndGet();
            mayWrite.acquireUninterruptibly();
        }
        if (disk == Disk.FAILS_BEFORE_WRITING) {
            throw failure();
        }
        kv.write(changes);
        if (disk == Disk.FAILS_AFTER_WRITING) {
            throw failure();
        }
    }

    private static KvException failure() {
        return new KvException("writing failed: Input/output error", new java.io.IOException());
    }

    @Override
    public byte @Nullable [] get(Table table, byte[] key) {
        return kv.get(table, key);
    }

    @Override
    public View view() {
        return kv.view();
    }

    @Override
    public void drop(Table table, byte[] from, byte[] to) {
        kv.drop(table, from, to);
    }

    @Override
    public long freeBytes() {
        return Math.min(freeBytes, kv.freeBytes());
    }

    @Override
    public void close() {
        kv.close();
    }
}
