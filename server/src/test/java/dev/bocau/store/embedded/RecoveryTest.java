package dev.bocau.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bocau.limits.Limits;
import dev.bocau.model.Conversation;
import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Message;
import dev.bocau.model.Position.Cursor;
import dev.bocau.model.UserId;
import dev.bocau.store.Draft;
import dev.bocau.store.Store;
import dev.bocau.testing.ManualTime;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the store makes of a folder after crashes, copies and damage.
class RecoveryTest {
    private static final UserId ALICE = new UserId("alice");
    private static final UserId BOB = new UserId("bob");
    private static final ConversationId C1 = new ConversationId("c1");

    @TempDir Path temp;
    private final ManualTime time = new ManualTime();

    private Path folder() {
        return temp.resolve("store");
    }

    private Store open(Path folder) {
        return Folders.open(folder, Limits.standard(), time);
    }

    private static void begin(Store store) {
        store.putConversation(
                        new Conversation(
                                C1, Conversation.Kind.GROUP, "", Conversation.History.FROM_JOIN),
                        new LinkedHashSet<>(List.of(ALICE, BOB)))
                .orRefuse();
    }

    private static void send(Store store, int from, int to) {
        for (int i = from; i <= to; i++) {
            store.send(
                            new Draft(
                                    C1,
                                    ALICE,
                                    new DeviceId("iphone"),
                                    new LocalId("m" + i),
                                    Message.Kind.TEXT,
                                    "message " + i,
                                    null,
                                    0))
                    .join()
                    .orRefuse();
        }
    }

    private static long head(Store store) {
        return store.state(BOB, C1, 0).orElseThrow().headSeq();
    }

    /// What is on disk while the store is open is what a killed process leaves.
    private Path killed(Path folder) {
        Path copy = temp.resolve("killed-" + System.nanoTime());
        copy(folder, copy);
        return copy;
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (!file.getFileName().toString().equals("LOCK")) {
                    Files.copy(file, target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path newestWal(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .filter(file -> file.toFile().length() > 0)
                    .max(Comparator.comparing(Path::toString))
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void killed_process_loses_nothing_that_was_confirmed() {
        try (Store store = open(folder())) {
            begin(store);
            for (int i = 1; i <= 20; i++) {
                send(store, i, i);
                try (Store after = open(killed(folder()))) {
                    assertThat(head(after)).isEqualTo(i);
                }
            }
        }
    }

    @Test
    void torn_tail_is_cut_off_wherever_it_is_torn() throws IOException {
        Path killed;
        long wholeLength;
        try (Store store = open(folder())) {
            begin(store);
            send(store, 1, 10);
            wholeLength = newestWal(folder()).toFile().length();
            send(store, 11, 11);
            killed = killed(folder());
        }
        long tornLength = newestWal(killed).toFile().length();
        for (long length = tornLength - 1; length >= wholeLength; length -= 7) {
            Path torn = killed(killed);
            try (RandomAccessFile wal = new RandomAccessFile(newestWal(torn).toFile(), "rw")) {
                wal.setLength(length);
            }
            try (Store store = open(torn)) {
                assertThat(head(store)).isEqualTo(10);
                send(store, 11, 12);
                assertThat(head(store)).isEqualTo(12);
            }
        }
    }

    @Test
    void damage_before_the_tail_is_refused_and_nothing_dropped() throws IOException {
        Path killed;
        try (Store store = open(folder())) {
            begin(store);
            send(store, 1, 50);
            killed = killed(folder());
        }
        try (RandomAccessFile wal = new RandomAccessFile(newestWal(killed).toFile(), "rw")) {
            long middle = wal.length() / 2;
            wal.seek(middle);
            int damaged = wal.read() ^ 0xff;
            wal.seek(middle);
            wal.write(damaged);
        }

        assertThatThrownBy(() -> open(killed))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is damaged")
                .hasMessageContaining("Restore a backup");
    }

    @Test
    void folder_in_use_is_refused_in_words() {
        try (Store store = open(folder())) {
            assertThatThrownBy(() -> open(folder()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is in use by another process");
            assertThat(store.fault()).isEmpty();
        }
    }

    @Test
    void folder_of_a_newer_version_is_refused_in_words() {
        open(folder()).close();
        try (RocksKv kv = new RocksKv(folder(), 8)) {
            byte[] two = Rows.of(new long[] {2});
            kv.write(List.of(new Kv.Change(Table.META, Keys.of("layout"), two)));
        }

        assertThatThrownBy(() -> open(folder()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("newer version");
    }

    @Test
    void folder_that_cannot_be_made_is_refused_in_words() throws IOException {
        Path file = Files.createFile(temp.resolve("file"));

        assertThatThrownBy(() -> open(file.resolve("store")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot create the data folder");
    }

    /// Attack 13: a store restored from yesterday's backup is at 80, a device holds 100; new
    /// entries 81 to 100 would be skipped.
    @Test
    void position_from_a_future_that_was_lost_by_restoring_a_backup_is_recognised() {
        Cursor beforeBackup;
        Cursor afterBackup;
        Path backup;
        try (Store store = open(folder())) {
            begin(store);
            send(store, 1, 80);
            beforeBackup = store.head(BOB);
            backup = killed(folder());
            send(store, 81, 100);
            afterBackup = store.head(BOB);
        }

        try (Store restored = open(backup)) {
            assertThat(restored.reaches(BOB, beforeBackup)).isTrue();
            assertThat(restored.reaches(BOB, afterBackup)).isFalse();
            send(restored, 101, 130);
            assertThat(restored.reaches(BOB, afterBackup)).isFalse();
            assertThat(restored.reaches(BOB, restored.head(BOB))).isTrue();
        }
    }

    @Test
    void position_from_a_copy_of_the_folder_that_went_its_own_way_is_recognised() {
        try (Store store = open(folder())) {
            begin(store);
            send(store, 1, 10);
        }
        Path copy = killed(folder());
        Cursor elsewhere;
        try (Store other = open(copy)) {
            send(other, 11, 20);
            elsewhere = other.head(BOB);
        }
        try (Store store = open(folder())) {
            send(store, 11, 30);
            assertThat(store.reaches(BOB, elsewhere)).isFalse();
        }
    }
}
