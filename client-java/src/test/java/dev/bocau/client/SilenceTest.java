package dev.bocau.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Silences that a connection has survived, and those of which nobody knows.
class SilenceTest {
    private final Silence silence = new Silence(1_000);

    @Test
    void writing_ends_a_silence_but_does_not_show_that_it_was_survived() {
        silence.written(61_000);

        assertThat(silence.longestMs(61_100)).isEqualTo(60_000);
        assertThat(silence.unansweredMs()).isEqualTo(60_000);
    }

    @Test
    void neither_do_later_writes_nor_is_the_first_one_all_that_counts() {
        silence.written(1_100);
        silence.written(41_100);
        silence.written(41_200);

        assertThat(silence.longestMs(41_300)).isEqualTo(40_000);
    }

    @Test
    void hearing_something_shows_that_all_of_them_were_survived() {
        silence.written(61_000);

        assertThat(silence.heard(61_100)).isEqualTo(60_000);
        assertThat(silence.unansweredMs()).isZero();
        assertThat(silence.longestMs(61_200)).isEqualTo(100);
        assertThat(silence.heardAtMs()).isEqualTo(61_100);
    }

    @Test
    void silence_that_lasts_counts_but_nothing_was_written_after_it() {
        assertThat(silence.longestMs(31_000)).isEqualTo(30_000);
        assertThat(silence.unansweredMs()).isZero();
        assertThat(silence.heard(31_000)).isEqualTo(30_000);
    }
}
