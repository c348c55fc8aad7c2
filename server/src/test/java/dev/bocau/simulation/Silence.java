package dev.bocau.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/// Simulated threads write no logs: they would wait for the appender's lock, and whoever holds it
/// may be a thread from outside.
public final class Silence extends TurboFilter {
    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] params,
            @Nullable Throwable thrown) {
        return Scheduler.isSimulated(Thread.currentThread())
                ? FilterReply.DENY
                : FilterReply.NEUTRAL;
    }
}
