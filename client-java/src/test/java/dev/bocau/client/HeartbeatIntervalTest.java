package dev.bocau.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Networks that forget a silent connection after some time, and what the interval becomes in them.
class HeartbeatIntervalTest {
    private static final int MINUTE_MS = 60_000;
    private static final int HOUR_MS = 60 * MINUTE_MS;

    private final HeartbeatInterval interval = new HeartbeatInterval();
    private long nowMs;

    /// One silence of the length that is proposed.
    ///
    /// @return whether the connection was lost in it
    private boolean silence(int networkForgetsMs) {
        int silenceMs = interval.proposedMs();
        nowMs += silenceMs;
        boolean lost = silenceMs >= networkForgetsMs;
        if (lost) {
            interval.lost(silenceMs, nowMs);
        } else {
            interval.held(silenceMs, nowMs);
        }
        return lost;
    }

    @Test
    void grows_to_its_bound_where_every_silence_is_survived() {
        for (int i = 0; i < 15; i++) {
            silence(Integer.MAX_VALUE);
        }

        assertThat(interval.proposedMs()).isEqualTo(Limits.HEARTBEAT_MAX_MS);
    }

    @Test
    void is_halved_after_a_loss_and_never_below_its_bound() {
        interval.lost(120_000, 0);
        assertThat(interval.proposedMs()).isEqualTo(60_000);

        interval.lost(60_000, 0);
        interval.lost(30_000, 0);
        interval.lost(15_000, 0);
        assertThat(interval.proposedMs()).isEqualTo(Limits.HEARTBEAT_MIN_MS);
    }

    @Test
    void settles_below_what_the_network_survives_and_loses_few_connections() {
        for (int forgetsMs : new int[] {40_000, MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS}) {
            HeartbeatIntervalTest network = new HeartbeatIntervalTest();
            int lost = 0;
            while (network.nowMs < 10L * HOUR_MS) {
                lost += network.silence(forgetsMs) ? 1 : 0;
            }
            assertThat(network.interval.proposedMs())
                    .as("in a network that forgets after %d ms", forgetsMs)
                    .isBetween(forgetsMs / 3, forgetsMs * 3 / 2);
            assertThat(lost).as("lost in ten hours").isLessThan(15);
        }
    }

    @Test
    void what_was_too_long_is_tried_again_after_a_while() {
        interval.lost(60_000, 0);
        for (int i = 0; i < 20; i++) {
            interval.held(interval.proposedMs(), MINUTE_MS);
        }
        assertThat(interval.proposedMs()).isLessThan(60_000);

        interval.held(interval.proposedMs(), Limits.HEARTBEAT_FORGET_MS + MINUTE_MS);

        assertThat(interval.proposedMs()).isGreaterThan(60_000);
    }
}
