package dev.bocau.media.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bocau.media.MediaStorage;
import dev.bocau.media.MediaStorageContract;
import dev.bocau.media.disk.Room;
import dev.bocau.media.disk.StorageFullException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FileStorageTest extends MediaStorageContract {
    @Override
    protected MediaStorage open() {
        return new FileStorage(folder.resolve("media"), new Room(0), InstantSource.system());
    }

    @Test
    void full_disk_takes_nothing() throws IOException {
        MediaStorage full =
                new FileStorage(
                        folder.resolve("full"),
                        new Room(Long.MAX_VALUE / 2),
                        InstantSource.system());

        assertThatThrownBy(() -> full.put("a", new byte[1]))
                .isInstanceOf(StorageFullException.class);
        try (MediaStorage.Growing growing = full.grow("b")) {
            assertThatThrownBy(() -> growing.write(new byte[1], 1))
                    .isInstanceOf(StorageFullException.class);
        }
        assertThat(full.list("", 10)).isEmpty();
    }

    @Test
    void nothing_is_left_of_what_was_deleted() throws IOException {
        try (MediaStorage storage = open()) {
            storage.put("a/b/c", new byte[1]);
            storage.put("a/d", new byte[1]);
            storage.delete("a/b/c");
            storage.delete("a/d");
        }
        try (Stream<Path> left = Files.list(folder.resolve("media"))) {
            assertThat(left.map(file -> file.getFileName().toString()))
                    .containsExactly(".unfinished");
        }
    }
}
