package dev.bocau.push;

import dev.bocau.limits.Limits;
import dev.bocau.store.Store;
import dev.bocau.time.Timer;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/// What pushing works with.
///
/// @param threads runs each look and each push, on a thread that may wait
/// @param content whether a push has the content of a message
public record PushContext(
        Store store,
        Limits limits,
        Claims claims,
        InstantSource clock,
        Timer timer,
        RandomGenerator random,
        Executor threads,
        MeterRegistry metrics,
        boolean content) {}
