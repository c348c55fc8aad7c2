package dev.bocau.session;

import dev.bocau.model.Code;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// What sessions count.
final class SessionMetrics {
    private static final String TRANSPORT = "transport";
    private static final String CODE = "code";
    private static final int NO_CODE = 0;

    final Counter sends;
    final Counter deliveries;
    final Counter handedOver;
    private final MeterRegistry registry;
    private final Map<Transport, Traffic> traffic = new EnumMap<>(Transport.class);
    private final Map<Code, Counter> refused = new EnumMap<>(Code.class);

    /// What is counted for a transport.
    private record Traffic(AtomicInteger connections, Counter framesIn, Counter framesOut) {
        static Traffic of(Transport transport, MeterRegistry registry) {
            AtomicInteger connections = new AtomicInteger();
            Gauge.builder("bocau.connections", connections, AtomicInteger::get)
                    .description("Open connections, authenticated or not")
                    .tag(TRANSPORT, tag(transport))
                    .register(registry);
            return new Traffic(
                    connections,
                    Counter.builder("bocau.frames.in")
                            .description("Frames from clients")
                            .tag(TRANSPORT, tag(transport))
                            .register(registry),
                    Counter.builder("bocau.frames.out")
                            .description("Frames to clients")
                            .tag(TRANSPORT, tag(transport))
                            .register(registry));
        }
    }

    SessionMetrics(MeterRegistry registry) {
        this.registry = registry;
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
        for (Transport each : Transport.values()) {
            traffic.put(each, Traffic.of(each, registry));
        }
        for (Code code : Code.values()) {
            refused.put(
                    code,
                    Counter.builder("bocau.refused")
                            .description("Frames and connections refused, by code")
                            .tag(CODE, Integer.toString(code.number()))
                            .register(registry));
        }
    }

    private static String tag(Transport transport) {
        return transport.name().toLowerCase(Locale.ROOT);
    }

    private Traffic of(Transport transport) {
        return Objects.requireNonNull(traffic.get(transport));
    }

    void refused(Code code) {
        Objects.requireNonNull(refused.get(code)).increment();
    }

    /// A frame has come.
    void heard(Transport on) {
        of(on).framesIn.increment();
    }

    /// A frame was sent.
    void told(Transport on) {
        of(on).framesOut.increment();
    }

    void opened(Transport on) {
        of(on).connections.incrementAndGet();
    }

    /// A connection that was opened has ended.
    ///
    /// @param by what it was told; null: it broke, or the client has gone
    void closed(Transport on, @Nullable Code by) {
        of(on).connections.decrementAndGet();
        close(on, by == null ? NO_CODE : by.number());
    }

    /// A connection was not let in, and told so.
    void turnedAway(Transport on, Code code) {
        refused(code);
        told(on);
        close(on, code.number());
    }

    private void close(Transport on, int code) {
        Counter.builder("bocau.closes")
                .description("Connections that have ended, by close code; 0: not by the server")
                .tag(TRANSPORT, tag(on))
                .tag(CODE, Integer.toString(code))
                .register(registry)
                .increment();
    }
}
