package dev.bocau.media;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.limits.Limits;
import dev.bocau.media.disk.Room;
import dev.bocau.media.disk.WorkFolder;
import dev.bocau.model.Code;
import dev.bocau.model.MediaId;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.testing.ManualTime;
import dev.bocau.testing.MemoryStorage;
import dev.bocau.testing.TestImages;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What uploads do to the disk on which they are worked on. It is small, and its room is what the
/// files in its folder leave.
@org.jspecify.annotations.NullUnmarked
class UploadsTest {
    private static final int MIB = 1 << 20;
    private static final UserId ALICE = new UserId("alice");
    private static final Checksum WRONG = Checksum.parse("sha1 AAAA");

    private final Limits limits = Limits.standard();
    private final ManualTime time = new ManualTime();
    private final MemoryStorage storage = new MemoryStorage();
    private final AtomicLong diskBytes = new AtomicLong(16 * MIB);
    private final AtomicLong leastFree = new AtomicLong(Long.MAX_VALUE);
    @TempDir private Path folder;
    private Examination examination;
    private Uploads uploads;

    @BeforeEach
    void open() {
        WorkFolder work = new WorkFolder(folder.resolve("work"), new Room(8 * MIB, _ -> free()));
        examination = new Examination(storage, List.of("*/*"), work, limits);
        uploads = new Uploads(storage, examination, work, limits, time, new Random(1));
    }

    @AfterEach
    void close() {
        examination.close();
    }

    private File[] files() {
        File[] files = folder.resolve("work").toFile().listFiles();
        return files == null ? new File[0] : files;
    }

    private long free() {
        long free = diskBytes.get();
        for (File file : files()) {
            free -= file.length();
        }
        long seen = free;
        leastFree.accumulateAndGet(seen, Math::min);
        return free;
    }

    /// Bytes as they come over a network, with what happens when half of them have come.
    private InputStream coming(int bytes, Runnable atHalf) {
        return new InputStream() {
            private int left = bytes;

            @Override
            public int read() {
                throw new AssertionError("not byte by byte");
            }

            @Override
            public int read(byte[] into, int at, int length) {
                free();
                int read = Math.min(left, length);
                boolean half = left > bytes / 2 && left - read <= bytes / 2;
                left -= read;
                if (half) {
                    atHalf.run();
                }
                return read == 0 ? -1 : read;
            }
        };
    }

    private InputStream coming(int bytes) {
        return coming(bytes, () -> {});
    }

    private static @Nullable Code code(Callable<?> asked) {
        try {
            asked.call();
            return null;
        } catch (Refused refused) {
            return refused.refusal().code();
        } catch (Exception other) {
            throw new AssertionError(other);
        }
    }

    @Test
    void chunk_that_is_put_aside_leaves_the_disk_its_room() {
        MediaId id = uploads.begin(ALICE, "a", 64 * MIB).id();

        assertThat(code(() -> uploads.append(ALICE, id, 0, coming(64 * MIB), WRONG)))
                .isEqualTo(Code.STORAGE_FULL);

        assertThat(leastFree.get()).isGreaterThanOrEqualTo(8 * MIB);
        assertThat(files()).isEmpty();
        assertThat(code(() -> uploads.append(ALICE, id, 0, coming(4 * MIB), WRONG)))
                .as("there is room again")
                .isEqualTo(Code.MEDIA_CHECKSUM);
    }

    @Test
    void many_chunks_at_once_leave_the_disk_its_room() {
        assertThat(inEachOther(20)).isEqualTo(Code.MEDIA_CHECKSUM);

        assertThat(leastFree.get()).isGreaterThanOrEqualTo(8 * MIB);
        assertThat(files()).isEmpty();
    }

    /// Each begins when half of the one before has come.
    private @Nullable Code inEachOther(int chunks) {
        MediaId id = uploads.begin(ALICE, "a", 2 * MIB).id();
        Runnable next =
                () -> {
                    if (chunks > 1) {
                        assertThat(inEachOther(chunks - 1))
                                .isIn(Code.STORAGE_FULL, Code.MEDIA_CHECKSUM);
                    }
                };
        return code(() -> uploads.append(ALICE, id, 0, coming(2 * MIB, next), WRONG));
    }

    @Test
    void second_chunk_of_an_upload_at_once_is_refused() {
        MediaId id = uploads.begin(ALICE, "a", 2 * MIB).id();
        Runnable second =
                () -> {
                    assertThat(code(() -> uploads.append(ALICE, id, 0, coming(2 * MIB), WRONG)))
                            .isEqualTo(Code.CONFLICT);
                    assertThat(files()).as("put aside").hasSize(1);
                };

        assertThat(code(() -> uploads.append(ALICE, id, 0, coming(2 * MIB, second), WRONG)))
                .as("the first goes on")
                .isEqualTo(Code.MEDIA_CHECKSUM);
    }

    /// As its connection may be dead, and would hold what was put aside for long.
    @Test
    void chunk_that_still_comes_makes_way_for_whoever_asks_how_far_it_is() {
        byte[] content = new byte[2 * MIB];
        MediaId id = uploads.begin(ALICE, "a", content.length).id();
        Checksum right = new Checksum("sha1", digest(content));
        Runnable asked =
                () -> {
                    assertThat(uploads.state(ALICE, id).offset()).isZero();
                    assertThat(files()).isEmpty();
                    assertThat(
                                    code(() ->
                                            uploads.append(
                                                    ALICE,
                                                    id,
                                                    0,
                                                    new ByteArrayInputStream(content),
                                                    right)))
                            .isNull();
                };

        assertThat(code(() -> uploads.append(ALICE, id, 0, coming(2 * MIB, asked), right)))
                .isEqualTo(Code.CONFLICT);

        assertThat(files()).isEmpty();
        assertThat(storage.grown(Names.bytes(id))).isEqualTo(content.length);
    }

    private static byte[] digest(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void image_is_looked_at_when_there_is_room() throws Exception {
        byte[] png = TestImages.image("png", 20, 10);
        MediaId id = uploads.begin(ALICE, "a.png", png.length).id();
        var _ = uploads.append(ALICE, id, 0, new ByteArrayInputStream(png));
        diskBytes.set(8 * MIB);

        assertThat(code(() -> uploads.media(ALICE, id))).isEqualTo(Code.STORAGE_FULL);

        assertThat(files()).isEmpty();
        diskBytes.set(16 * MIB);
        assertThat(uploads.media(ALICE, id).type()).isEqualTo("image/png");
    }
}
