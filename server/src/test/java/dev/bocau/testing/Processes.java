package dev.bocau.testing;

import java.time.Duration;
import java.util.stream.Stream;

/// What processes have cost.
public final class Processes {
    private Processes() {}

    /// The processor time that these have taken so far, those that live.
    public static Duration time(Stream<Process> processes) {
        return processes
                .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }
}
