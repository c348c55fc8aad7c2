package dev.bocau.store.embedded;

import dev.bocau.limits.Limits;
import dev.bocau.model.ReadTime;
import dev.bocau.time.Timer;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/// What an embedded store works with.
///
/// @param threads makes the store's own threads, which wait for the disk
public record StoreContext(
        Limits limits,
        ReadTime readTime,
        InstantSource clock,
        Timer timer,
        RandomGenerator random,
        ThreadFactory threads,
        MeterRegistry metrics) {

    Thread start(String name, Runnable work) {
        Thread thread = unstarted(name, work);
        thread.start();
        return thread;
    }

    Thread unstarted(String name, Runnable work) {
        Thread thread = threads.newThread(work);
        thread.setName(name);
        return thread;
    }
}
