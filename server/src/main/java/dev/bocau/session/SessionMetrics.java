package dev.bocau.session;

import dev.bocau.model.Code;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/// What sessions count.
final class SessionMetrics {
    final Counter sends;
    final Counter deliveries;
    final Counter handedOver;
    final Counter framesIn;
    private final Map<Code, Counter> refused = new EnumMap<>(Code.class);

    SessionMetrics(MeterRegistry registry) {
        sends =
                Counter.builder("bocau.sends")
                        .description("Messages confirmed to their senders")
                        .register(registry);
        deliveries =
                Counter.builder("bocau.deliveries")
                        .description("Entries sent to devices")
                        .register(registry);
        handedOver =
                Counter.builder("bocau.handed.over")
                        .description("Entries among them that needed no reading of the log")
                        .register(registry);
        framesIn =
                Counter.builder("bocau.frames.in")
                        .description("Frames from clients")
                        .register(registry);
        for (Code code : Code.values()) {
            refused.put(
                    code,
                    Counter.builder("bocau.refused")
                            .description("Frames and connections refused, by code")
                            .tag("code", Integer.toString(code.number()))
                            .register(registry));
        }
    }

    void refused(Code code) {
        Objects.requireNonNull(refused.get(code)).increment();
    }
}
