package dev.bocau.store.embedded;

import dev.bocau.store.ConversationsContract;
import dev.bocau.store.DevicesContract;
import dev.bocau.store.LogContract;
import dev.bocau.store.MarksContract;
import dev.bocau.store.MessagesContract;
import dev.bocau.store.PushContract;
import dev.bocau.store.Store;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/// The contract, on RocksDB on a real disk.
class EmbeddedStoreTest {
    @TempDir Path folder;

    @Nested
    class Messages extends MessagesContract {
        @Override
        protected Store open() {
            return Folders.open(folder, limits, readTime, time);
        }
    }

    @Nested
    class Marks extends MarksContract {
        @Override
        protected Store open() {
            return Folders.open(folder, limits, readTime, time);
        }
    }

    @Nested
    class Conversations extends ConversationsContract {
        @Override
        protected Store open() {
            return Folders.open(folder, limits, readTime, time);
        }
    }

    @Nested
    class Log extends LogContract {
        @Override
        protected Store open() {
            return Folders.open(folder, limits, readTime, time);
        }
    }

    @Nested
    class Devices extends DevicesContract {
        @Override
        protected Store open() {
            return Folders.open(folder, limits, readTime, time);
        }
    }

    @Nested
    class Push extends PushContract {
        @Override
        protected Store open() {
            return Folders.open(folder, limits, readTime, time);
        }
    }
}
