package dev.bocau.store.embedded;

import dev.bocau.store.Store;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// A disk that outlives the processes that write on it, takes its time, and fails as it is told.
public final class SimulatedDisk {
    /// What ails it.
    public enum Trouble {
        NONE,
        SLOW,
        STALLED,
        READS_FAIL,
        FULL,
        /// The next write fails, and nothing of it is kept.
        LOSES_A_WRITE,
        /// The next write fails although all of it is kept.
        KEEPS_A_WRITE_UNTOLD
    }

    private static final long GIB = 1L << 30;

    private final Map<Table, NavigableMap<byte[], byte[]>> tables = new EnumMap<>(Table.class);
    private final SplittableRandom random;
    private final LongConsumer pauseUs;
    private Trouble trouble = Trouble.NONE;

    /// @param pauseUs holds up the calling thread
    public SimulatedDisk(SplittableRandom random, LongConsumer pauseUs) {
        this.random = random;
        this.pauseUs = pauseUs;
        for (Table table : Table.values()) {
            tables.put(table, new TreeMap<>(Arrays::compareUnsigned));
        }
    }

    public void trouble(Trouble newTrouble) {
        trouble = newTrouble;
    }

    /// Opens a store on it, which takes time.
    public Store open(StoreContext context) {
        return new EmbeddedStore(new Opened(), context);
    }

    /// Whether a message is on it.
    public boolean keeps(String conversation, long seq) {
        return table(Table.MESSAGES).containsKey(Keys.numbered(conversation, seq));
    }

    private NavigableMap<byte[], byte[]> table(Table table) {
        return Objects.requireNonNull(tables.get(table));
    }

    private void takeTime(int standardUs) {
        int us =
                switch (trouble) {
                    case SLOW -> 100 * standardUs;
                    case STALLED -> 10_000_000;
                    default -> standardUs;
                };
        pauseUs.accept(random.nextInt(us));
    }

    private static Kv.KvException failure(String what) {
        return new Kv.KvException(what, new java.io.IOException("Input/output error"));
    }

    /// The disk, for one process.
    private final class Opened implements Kv {
        @Override
        public byte @Nullable [] get(Table table, byte[] key) {
            return table(table).get(key);
        }

        @Override
        public View view() {
            takeTime(300);
            if (trouble == Trouble.READS_FAIL) {
                throw failure("reading failed");
            }
            return new Now();
        }

        @Override
        public void write(List<Change> changes) {
            takeTime(500);
            Trouble now = trouble;
            if (now == Trouble.LOSES_A_WRITE) {
                trouble = Trouble.NONE;
                throw failure("writing failed");
            }
            for (Change change : changes) {
                byte[] value = change.value();
                if (value == null) {
                    table(change.table()).remove(change.key());
                } else {
                    table(change.table()).put(change.key(), value);
                }
            }
            takeTime(500);
            if (now == Trouble.KEEPS_A_WRITE_UNTOLD) {
                trouble = Trouble.NONE;
                throw failure("writing failed");
            }
        }

        @Override
        public void drop(Table table, byte[] from, byte[] to) {
            if (Arrays.compareUnsigned(from, to) < 0) {
                table(table).subMap(from, to).clear();
            }
        }

        @Override
        public long freeBytes() {
            return trouble == Trouble.FULL ? 0 : GIB;
        }

        @Override
        public void close() {}
    }

    /// Reads without waiting see one state: nobody else runs meanwhile.
    private final class Now implements Kv.View {
        @Override
        public byte @Nullable [] get(Table table, byte[] key) {
            return table(table).get(key);
        }

        @Override
        public List<byte @Nullable []> getAll(Table table, List<byte[]> keys) {
            List<byte @Nullable []> values = new ArrayList<>();
            for (byte[] key : keys) {
                values.add(get(table, key));
            }
            return values;
        }

        @Override
        public void scan(Table table, byte[] from, byte[] to, Kv.Visitor visitor) {
            visit(table(table).subMap(from, true, to, false), visitor);
        }

        @Override
        public void scanBack(Table table, byte[] from, byte[] to, Kv.Visitor visitor) {
            visit(table(table).subMap(from, true, to, false).descendingMap(), visitor);
        }

        private static void visit(NavigableMap<byte[], byte[]> rows, Kv.Visitor visitor) {
            for (Map.Entry<byte[], byte[]> row : rows.entrySet()) {
                if (!visitor.visit(row.getKey(), row.getValue())) {
                    return;
                }
            }
        }

        @Override
        public void close() {
            takeTime(300);
        }
    }
}
