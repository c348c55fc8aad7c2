package dev.bocau.store.embedded;

import dev.bocau.store.Store;
import dev.bocau.store.StoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// The contract, on RocksDB on a real disk.
class EmbeddedStoreTest extends StoreContract {
    @TempDir Path folder;

    @Override
    protected Store open() {
        return Folders.open(folder, limits, readTime, time);
    }
}
