package dev.bocau.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What {@link MediaStorage} promises, for every implementation.
@org.jspecify.annotations.NullUnmarked
public abstract class MediaStorageContract {
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NOTHING = {};

    /// More than S3 takes in one part, and not a multiple of anything.
    private static final int LARGE = 20_000_003;

    @TempDir protected Path folder;
    private MediaStorage storage;

    /// Opens one; the same again where this is called again.
    protected abstract MediaStorage open() throws IOException;

    @BeforeEach
    void begin() throws IOException {
        storage = open();
    }

    @AfterEach
    void end() {
        storage.close();
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private byte[] read(String name, long from, long bytes) throws IOException {
        try (InputStream in = storage.open(name, from, bytes)) {
            return in.readAllBytes();
        }
    }

    @Test
    void object_is_what_was_put_last() throws IOException {
        storage.put("a/b", HELLO);
        storage.put("a/b", "good bye".getBytes(StandardCharsets.UTF_8));
        storage.put("a/nothing", NOTHING);

        assertThat(storage.get("a/b")).hasValue("good bye".getBytes(StandardCharsets.UTF_8));
        assertThat(storage.size("a/b")).hasValue(8);
        assertThat(storage.get("a/nothing")).hasValue(NOTHING);
    }

    @Test
    void file_becomes_an_object() throws IOException {
        byte[] content = random(LARGE);
        Path file = Files.write(folder.resolve("file"), content);

        storage.put("large", file);

        assertThat(read("large", 0, LARGE)).isEqualTo(content);
    }

    @Test
    void part_of_an_object_is_read() throws IOException {
        storage.put("a", HELLO);

        assertThat(read("a", 1, 3)).isEqualTo("ell".getBytes(StandardCharsets.UTF_8));
        assertThat(read("a", 0, 100)).isEqualTo(HELLO);
        assertThat(read("a", 4, 1)).isEqualTo("o".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void what_is_not_there_is_missing_and_can_be_deleted() throws IOException {
        assertThat(storage.get("none")).isEmpty();
        assertThat(storage.size("none")).isEmpty();
        assertThat(storage.grown("none")).isZero();
        assertThat(storage.list("none/", 10)).isEmpty();
        assertThatThrownBy(() -> read("none", 0, 1)).isInstanceOf(NoSuchFileException.class);
        storage.delete("none");
        storage.put("one", HELLO);
        storage.delete("one");
        assertThat(storage.get("one")).isEmpty();
    }

    @Test
    void names_are_listed_in_order_and_up_to_a_limit() throws IOException {
        for (String name : new String[] {"b/2", "a/1", "b/10/x", "b/1", "c", "b/3"}) {
            storage.put(name, NOTHING);
        }

        assertThat(storage.list("b/", 10)).containsExactly("b/1", "b/10/x", "b/2", "b/3");
        assertThat(storage.list("b/", 2)).containsExactly("b/1", "b/10/x");
        assertThat(storage.list("b/1", 10)).containsExactly("b/1", "b/10/x");
        assertThat(storage.list("d/", 10)).isEmpty();
    }

    @Test
    void object_grows_in_pieces_and_is_there_when_it_is_complete() throws IOException {
        byte[] content = random(LARGE);
        long kept = 0;
        for (int step : new int[] {1, 70_000, 8_400_000, 0, 3_000_000, LARGE}) {
            assertThat(storage.grown("grown")).isEqualTo(kept);
            int more = (int) Math.min(step, LARGE - kept);
            try (MediaStorage.Growing growing = storage.grow("grown")) {
                byte[] piece = Arrays.copyOfRange(content, (int) kept, (int) kept + more);
                growing.write(piece, piece.length);
            }
            kept += more;
            assertThat(storage.size("grown")).as("not complete").isEmpty();
            assertThat(storage.list("", 10)).doesNotContain("grown");
        }
        storage.complete("grown");
        storage.complete("grown");

        assertThat(storage.grown("grown")).isEqualTo(LARGE);
        assertThat(read("grown", 0, LARGE)).isEqualTo(content);
        assertThat(storage.list("", 10)).containsExactly("grown");
    }

    @Test
    void small_object_grows_as_well() throws IOException {
        try (MediaStorage.Growing growing = storage.grow("small")) {
            growing.write(HELLO, HELLO.length);
        }
        storage.complete("small");

        assertThat(storage.get("small")).hasValue(HELLO);
    }

    @Test
    void object_grows_on_where_it_is_opened_again() throws IOException {
        try (MediaStorage.Growing growing = storage.grow("grown")) {
            growing.write(HELLO, HELLO.length);
        }
        storage.close();
        storage = open();

        assertThat(storage.grown("grown")).isEqualTo(HELLO.length);
        try (MediaStorage.Growing growing = storage.grow("grown")) {
            growing.write(HELLO, HELLO.length);
        }
        storage.complete("grown");
        assertThat(storage.get("grown")).hasValue("hellohello".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void what_has_come_of_an_object_is_discarded() throws IOException {
        try (MediaStorage.Growing growing = storage.grow("grown")) {
            growing.write(random(9_000_000), 9_000_000);
        }
        storage.discard("grown");
        storage.discard("grown");
        storage.discard("none");

        assertThat(storage.grown("grown")).isZero();
    }
}
