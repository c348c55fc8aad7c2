package dev.bocau.store.cluster;

import dev.bocau.limits.Limits;
import dev.bocau.model.ReadTime;
import dev.bocau.time.Timer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/// What a cluster's store works with.
///
/// @param threads that may wait, as many as are asked for
/// @param patience so long the answer to a step waits for logs: what is late is told by itself
public record ClusterContext(
        Limits limits,
        ReadTime readTime,
        InstantSource clock,
        Timer timer,
        RandomGenerator random,
        Executor threads,
        Duration patience) {}
