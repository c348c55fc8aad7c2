package dev.bocau.store.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.testing.ManualTime;
import org.junit.jupiter.api.Test;

class AttemptsTest {
    private final ManualTime time = new ManualTime();
    private final Attempts attempts = new Attempts(time);

    @Test
    void first_is_always_made() {
        time.advance(Attempts.LONGEST_MS);

        assertThat(attempts.another()).isTrue();
        assertThat(attempts.isFirst()).isTrue();
        assertThat(attempts.another()).isFalse();
    }

    @Test
    void quick_ones_are_made_so_often_and_no_more() {
        for (int i = 0; i < Attempts.MOST; i++) {
            assertThat(attempts.another()).isTrue();
        }

        assertThat(attempts.another()).isFalse();
    }

    @Test
    void slow_ones_are_made_for_so_long_and_no_longer() {
        for (long waitedMs = 0; waitedMs < Attempts.LONGEST_MS; waitedMs += 2_000) {
            assertThat(attempts.another()).isTrue();
            time.advance(2_000);
        }

        assertThat(attempts.another()).isFalse();
        assertThat(attempts.isFirst()).isFalse();
    }
}
