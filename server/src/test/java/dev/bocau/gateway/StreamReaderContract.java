package dev.bocau.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.testing.Pieces;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What every reader of frames promises, however the network cuts what comes.
public abstract class StreamReaderContract<S> {
    private static final int SEEDS = 20_000;

    /// The foremost bytes, which noise meets more often.
    private static final int HEAD_BYTES = 8;

    /// Those of a fresh reader.
    protected abstract Pieces<S> pieces();

    /// Short and long frames, and what may stand between them.
    protected abstract byte[] conversation() throws Exception;

    /// What the conversation says.
    protected abstract List<String> said();

    @Test
    void cut_anywhere_the_same_is_read() throws Exception {
        byte[] bytes = conversation();
        List<String> whole = pieces().whole(bytes);
        assertThat(whole).isEqualTo(said());

        for (int first = 0; first <= bytes.length; first++) {
            for (int second = first; second <= bytes.length; second += 5) {
                assertThat(pieces().cut(bytes, first, second))
                        .as("cut at %d and %d", first, second)
                        .isEqualTo(whole);
            }
        }
        assertThat(pieces().every(bytes, 1)).isEqualTo(whole);
    }

    @Test
    void noise_is_read_or_refused_wherever_it_is_cut() throws Exception {
        byte[] bytes = conversation();
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            byte[] noisy = bytes.clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                noisy[random.nextInt(random.nextBoolean() ? HEAD_BYTES : noisy.length)] =
                        (byte) random.nextInt();
            }
            List<String> whole = pieces().whole(noisy);
            assertThat(pieces().cut(noisy, random.nextInt(noisy.length)))
                    .as("seed %d", seed)
                    .isEqualTo(whole);
            assertThat(String.join("", whole)).hasSizeLessThan(2 * noisy.length);
        }
    }
}
