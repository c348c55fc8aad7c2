package dev.bocau.store.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;
import org.rocksdb.Status;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteBufferManager;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// {@link Kv} on RocksDB.
///
/// The write-ahead log is recovered up to a torn tail, which a crash leaves, and refused if it is
/// damaged before that: RocksDB's own default would silently drop everything behind the damage.
final class RocksKv implements Kv {
    private static final Logger LOG = LoggerFactory.getLogger(RocksKv.class);
    private static final long MIB = 1024 * 1024;

    /// What a start after a crash has to read at most.
    private static final long MAX_WAL_BYTES = 64 * MIB;

    private static final long MEMTABLE_BYTES = 32 * MIB;
    private static final long ALL_MEMTABLES_BYTES = 128 * MIB;
    private static final int BLOOM_BITS_PER_KEY = 10;

    static {
        RocksDB.loadLibrary();
    }

    private final Path folder;
    private final List<AutoCloseable> resources = new ArrayList<>();
    private final Map<Table, ColumnFamilyHandle> tables = new EnumMap<>(Table.class);
    private final RocksDB db;
    private boolean closed;
    private final ReadOptions readNewest = keep(new ReadOptions());
    private final WriteOptions writeDurably = keep(new WriteOptions().setSync(true));

    /// @throws KvException in words for an operator: the folder is in use, damaged, not writable…
    RocksKv(Path folder, int cacheMiB) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new KvException("cannot create the data folder " + folder, e);
        }
        LRUCache cache = keep(new LRUCache(cacheMiB * MIB));
        DBOptions options =
                keep(new DBOptions())
                        .setCreateIfMissing(true)
                        .setCreateMissingColumnFamilies(true)
                        .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
                        .setMaxTotalWalSize(MAX_WAL_BYTES)
                        .setWriteBufferManager(
                                keep(new WriteBufferManager(ALL_MEMTABLES_BYTES, cache)))
                        .setMaxBackgroundJobs(2)
                        .setBytesPerSync(MIB)
                        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                        .setMaxLogFileSize(MIB)
                        .setKeepLogFileNum(4);
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            db = RocksDB.open(options, folder.toString(), descriptors(cache), handles);
        } catch (RocksDBException e) {
            release();
            throw new KvException(inWords(folder, e), e);
        }
        for (Table table : Table.values()) {
            tables.put(table, handles.get(table.ordinal() + 1));
        }
    }

    private List<ColumnFamilyDescriptor> descriptors(LRUCache cache) {
        ColumnFamilyOptions options =
                keep(new ColumnFamilyOptions())
                        .setWriteBufferSize(MEMTABLE_BYTES)
                        .setCompressionType(CompressionType.LZ4_COMPRESSION)
                        .setTableFormatConfig(
                                new BlockBasedTableConfig()
                                        .setBlockCache(cache)
                                        .setFilterPolicy(keep(new BloomFilter(BLOOM_BITS_PER_KEY)))
                                        .setFormatVersion(5));
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        descriptors.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, options));
        for (Table table : Table.values()) {
            byte[] name = table.name().getBytes(StandardCharsets.US_ASCII);
            descriptors.add(new ColumnFamilyDescriptor(name, options));
        }
        return descriptors;
    }

    private static String inWords(Path folder, RocksDBException e) {
        Status status = e.getStatus();
        String detail = String.valueOf(e.getMessage());
        if (detail.contains("LOCK") || detail.contains("lock hold")) {
            return "the data folder %s is in use by another process".formatted(folder);
        }
        if (detail.contains("Column families not opened")) {
            return "the data folder %s was written by a newer version of Bocau".formatted(folder);
        }
        if (status != null && status.getCode() == Status.Code.Corruption) {
            return "the data folder %s is damaged: %s. Restore a backup; nothing was changed."
                    .formatted(folder, detail);
        }
        return "cannot open the data folder %s: %s".formatted(folder, detail);
    }

    @Override
    public byte @Nullable [] get(Table table, byte[] key) {
        return get(table, key, readNewest);
    }

    private byte @Nullable [] get(Table table, byte[] key, ReadOptions options) {
        try {
            return db.get(handle(table), options, key);
        } catch (RocksDBException e) {
            throw new KvException("reading failed: " + e.getMessage(), e);
        }
    }

    @Override
    public View view() {
        return new RocksView();
    }

    @Override
    public void write(List<Change> changes) {
        try (WriteBatch batch = new WriteBatch()) {
            for (Change change : changes) {
                byte[] value = change.value();
                if (value == null) {
                    batch.delete(handle(change.table()), change.key());
                } else {
                    batch.put(handle(change.table()), change.key(), value);
                }
            }
            db.write(writeDurably, batch);
        } catch (RocksDBException e) {
            throw new KvException("writing failed: " + e.getMessage(), e);
        }
    }

    @Override
    public void drop(Table table, byte[] from, byte[] to) {
        try {
            db.deleteRange(handle(table), from, to);
        } catch (RocksDBException e) {
            throw new KvException("dropping failed: " + e.getMessage(), e);
        }
    }

    @Override
    public long freeBytes() {
        return folder.toFile().getUsableSpace();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return; // what is native may not be released twice
        }
        closed = true;
        writeTables();
        tables.values().forEach(ColumnFamilyHandle::close);
        try {
            db.closeE();
        } catch (RocksDBException e) {
            throw new KvException("closing failed: " + e.getMessage(), e);
        } finally {
            release();
        }
    }

    /// So that the next start need not read the log. Nothing is lost where it fails.
    private void writeTables() {
        try (FlushOptions whenDone = new FlushOptions()) {
            db.flush(whenDone, List.copyOf(tables.values()));
        } catch (RocksDBException e) {
            LOG.warn("the next start will take longer: {}", e.getMessage());
        }
    }

    private ColumnFamilyHandle handle(Table table) {
        return Objects.requireNonNull(tables.get(table));
    }

    private <T extends AutoCloseable> T keep(T resource) {
        resources.add(resource);
        return resource;
    }

    private void release() {
        for (AutoCloseable resource : resources.reversed()) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new KvException("releasing native memory failed", e);
            }
        }
        resources.clear();
    }

    /// A view on a RocksDB snapshot.
    private final class RocksView implements View {
        private final Snapshot snapshot = db.getSnapshot();
        private final ReadOptions options = new ReadOptions().setSnapshot(snapshot);

        @Override
        public byte @Nullable [] get(Table table, byte[] key) {
            return RocksKv.this.get(table, key, options);
        }

        @Override
        public List<byte @Nullable []> getAll(Table table, List<byte[]> keys) {
            ColumnFamilyHandle[] handles = new ColumnFamilyHandle[keys.size()];
            Arrays.fill(handles, handle(table));
            List<byte @Nullable []> values = new ArrayList<>(keys.size());
            try {
                for (byte[] value : db.multiGetAsList(options, Arrays.asList(handles), keys)) {
                    values.add(value);
                }
            } catch (RocksDBException e) {
                throw new KvException("reading failed: " + e.getMessage(), e);
            }
            return values;
        }

        @Override
        public void scan(Table table, byte[] from, byte[] to, Visitor visitor) {
            try (Slice end = new Slice(to);
                    ReadOptions upTo = bounded().setIterateUpperBound(end);
                    RocksIterator rows = db.newIterator(handle(table), upTo)) {
                rows.seek(from);
                while (rows.isValid() && visitor.visit(rows.key(), rows.value())) {
                    rows.next();
                }
                check(rows);
            }
        }

        @Override
        public void scanBack(Table table, byte[] from, byte[] to, Visitor visitor) {
            try (Slice start = new Slice(from);
                    Slice end = new Slice(to);
                    ReadOptions within =
                            bounded().setIterateLowerBound(start).setIterateUpperBound(end);
                    RocksIterator rows = db.newIterator(handle(table), within)) {
                rows.seekToLast();
                while (rows.isValid() && visitor.visit(rows.key(), rows.value())) {
                    rows.prev();
                }
                check(rows);
            }
        }

        private ReadOptions bounded() {
            return new ReadOptions().setSnapshot(snapshot);
        }

        private void check(RocksIterator rows) {
            try {
                rows.status();
            } catch (RocksDBException e) {
                throw new KvException("reading failed: " + e.getMessage(), e);
            }
        }

        @Override
        public void close() {
            options.close();
            db.releaseSnapshot(snapshot);
        }
    }
}
