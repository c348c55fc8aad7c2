package dev.bocau.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Worlds of many seeds, each of which keeps its promises. `./bocau simulate` runs more of them.
class SimulationTest {
    private static final int STEPS = 300;

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("bocau.seeds", 200));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_world_keeps_its_promises(long seed) {
        new Simulation(seed).run(STEPS);
    }

    @Test
    void a_seed_replays_exactly() {
        Simulation once = new Simulation(7);
        once.run(STEPS);
        Simulation again = new Simulation(7);
        again.run(STEPS);

        assertThat(again.fingerprint()).isEqualTo(once.fingerprint());
    }
}
