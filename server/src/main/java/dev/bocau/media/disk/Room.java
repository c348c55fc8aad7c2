package dev.bocau.media.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What media may still write. So much of each disk stays free: a store on the same one that finds
/// it full stops for good.
///
/// Those who write at the same time claim what they are about to write, so that no two of them
/// count on the same room. A claim counts on every disk, as two folders may lie on one: that errs
/// on the safe side, and not by much.
public final class Room {
    /// So much is claimed at a time: five hundred that write at once hold 500 MiB.
    static final long STEP_BYTES = 1L << 20;

    private final long minFreeBytes;
    private final Disk disk;
    private long claimedBytes;

    /// Tells what is free where a folder lies.
    public interface Disk {
        long freeBytes(Path folder) throws IOException;
    }

    /// @param minFreeBytes of a disk: below that nothing is taken
    public Room(long minFreeBytes) {
        this(minFreeBytes, folder -> Files.getFileStore(folder).getUsableSpace());
    }

    public Room(long minFreeBytes, Disk disk) {
        this.minFreeBytes = minFreeBytes;
        this.disk = disk;
    }

    /// For a file that is to be written.
    ///
    /// @param folder that exists, on the same disk
    public Claim claim(Path folder) {
        return new Claim(folder);
    }

    private synchronized void exchange(Path folder, long before, long bytes) throws IOException {
        claimedBytes -= before;
        if (disk.freeBytes(folder) < minFreeBytes + claimedBytes + bytes) {
            throw new StorageFullException();
        }
        claimedBytes += bytes;
    }

    private synchronized void release(long bytes) {
        claimedBytes -= bytes;
    }

    /// The room for one file. For one thread at a time.
    public final class Claim implements AutoCloseable {
        private final Path folder;
        private long claimed;
        private long left;

        private Claim(Path folder) {
            this.folder = folder;
        }

        /// To be called before so many bytes are written; those of the time before are by now.
        ///
        /// @throws StorageFullException if they do not fit
        public void take(long bytes) throws IOException {
            if (claimed == 0 || bytes > left) {
                long before = claimed;
                claimed = 0;
                left = 0;
                long next = Math.max(bytes, STEP_BYTES);
                exchange(folder, before, next);
                claimed = next;
                left = next;
            }
            left -= bytes;
        }

        /// All of it is written, or nothing more will be.
        @Override
        public void close() {
            release(claimed);
            claimed = 0;
            left = 0;
        }
    }
}
