package dev.bocau.media.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoomTest {
    private static final long MIN_FREE = 100L << 20;
    private static final Path FOLDER = Path.of("anywhere");

    private final AtomicLong free = new AtomicLong(MIN_FREE + 2 * Room.STEP_BYTES);
    private final Room room = new Room(MIN_FREE, folder -> free.get());

    @Test
    void those_who_write_at_once_do_not_count_on_the_same_room() throws IOException {
        Room.Claim first = room.claim(FOLDER);
        Room.Claim second = room.claim(FOLDER);
        Room.Claim third = room.claim(FOLDER);
        first.take(1);
        second.take(1);

        assertThatThrownBy(() -> third.take(1)).isInstanceOf(StorageFullException.class);

        first.close();
        assertThatCode(() -> third.take(1)).doesNotThrowAnyException();
    }

    @Test
    void what_was_written_is_claimed_no_more() throws IOException {
        try (Room.Claim claim = room.claim(FOLDER)) {
            claim.take(Room.STEP_BYTES);
            free.addAndGet(-Room.STEP_BYTES);
            claim.take(Room.STEP_BYTES);
            free.addAndGet(-Room.STEP_BYTES);

            assertThatThrownBy(() -> claim.take(1)).isInstanceOf(StorageFullException.class);
        }
    }

    @Test
    void more_than_a_step_is_claimed_at_once() throws IOException {
        Room.Claim claim = room.claim(FOLDER);

        assertThatThrownBy(() -> claim.take(2 * Room.STEP_BYTES + 1))
                .isInstanceOf(StorageFullException.class);
        claim.take(2 * Room.STEP_BYTES);
        assertThatThrownBy(() -> room.claim(FOLDER).take(0))
                .isInstanceOf(StorageFullException.class);
    }

    @Test
    void file_that_is_worked_on_ends_where_the_room_ends(@TempDir Path folder) throws IOException {
        WorkFolder work = new WorkFolder(folder.resolve("work"), room);
        Path file = work.file("some");
        try (OutputStream out = work.write(file)) {
            out.write(new byte[(int) Room.STEP_BYTES]);
            free.set(MIN_FREE);

            assertThatThrownBy(() -> out.write(1)).isInstanceOf(StorageFullException.class);
        }
        assertThat(Files.size(file)).isEqualTo(Room.STEP_BYTES);

        work.close();
        work.close();
        assertThat(folder).isEmptyDirectory();
    }
}
