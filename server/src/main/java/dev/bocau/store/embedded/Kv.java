package dev.bocau.store.embedded;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Ordered tables of bytes that change in atomic, durable batches. {@link RocksKv} is the real one;
/// tests have one that fails on demand.
interface Kv extends AutoCloseable {

    /// The newest value, or null.
    byte @Nullable [] get(Table table, byte[] key);

    /// All tables as they are now, for reading at leisure; to be closed.
    View view();

    /// Makes all changes or none. On returning they are on disk (fdatasync) and visible. After a
    /// {@link KvException} nothing is known of them, and the store must not go on.
    void write(List<Change> changes);

    /// Removes all keys from `from` to `to` (exclusive), at leisure.
    void drop(Table table, byte[] from, byte[] to);

    /// How many bytes the disk has left.
    long freeBytes();

    @Override
    void close();

    /// A new value of a key; null: the key is removed.
    record Change(Table table, byte[] key, byte @Nullable [] value) {}

    /// All tables at one moment.
    interface View extends AutoCloseable {
        byte @Nullable [] get(Table table, byte[] key);

        /// The values of these keys, in their order.
        List<byte @Nullable []> getAll(Table table, List<byte[]> keys);

        /// Visits the rows from `from` to `to` (exclusive) in order, until the visitor has had
        /// enough.
        void scan(Table table, byte[] from, byte[] to, Visitor visitor);

        /// Visits the same rows from the last to the first.
        void scanBack(Table table, byte[] from, byte[] to, Visitor visitor);

        @Override
        void close();
    }

    /// Is shown rows.
    interface Visitor {
        /// Looks at a row.
        ///
        /// @return whether to go on
        boolean visit(byte[] key, byte[] value);
    }

    /// The disk, or what lies on it, failed.
    final class KvException extends RuntimeException {
        KvException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
