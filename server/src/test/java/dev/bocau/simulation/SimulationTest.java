package dev.bocau.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    /// The order in which `Set.of` and `Map.of` are gone through is another one in every process.
    @Test
    void a_seed_replays_exactly_in_another_process() throws IOException {
        List<String> here = new ArrayList<>();
        new Simulation(7, 0, line -> here.add(line.replaceAll("\\s+", " "))).run(STEPS);

        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-opens",
                                "java.base/java.lang=ALL-UNNAMED",
                                "-Djdk.trackAllThreads=false",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName(),
                                "--seed=7",
                                "--steps=" + STEPS,
                                "--trace")
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        List<String> there;
        try (BufferedReader lines = process.inputReader()) {
            there = lines.lines().takeWhile(line -> !line.startsWith("seed 7: ")).toList();
        } finally {
            process.destroyForcibly();
        }

        assertThat(here).isNotEmpty();
        assertThat(there).isEqualTo(here);
    }
}
