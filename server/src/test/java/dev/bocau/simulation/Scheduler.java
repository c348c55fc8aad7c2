package dev.bocau.simulation;

import dev.bocau.time.Timer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

/// Time and threads of a simulation. Threads are virtual threads that all run on the thread which
/// calls {@link #runFor}, one at a time, from one wait to the next; which of those that could go on
/// does so is drawn by lot, and so is who is held up for a while. Time passes only when nobody can.
///
/// Virtual threads with a scheduler of one's own are not an interface of the JDK: tests open
/// `java.lang` for it. `-Djdk.trackAllThreads=false` lets go of the threads of dead processes.
final class Scheduler implements InstantSource {
    private static final long BEGINNING_MS = 1_790_000_000_000L;
    private static final int HELD_UP_ONE_IN = 60;
    private static final int HELD_UP_US = 30_000;
    private static final long TOO_MUCH_AT_ONCE = 100_000;
    private static final Method NEW_VIRTUAL_THREAD = newVirtualThread();

    /// What ends a thread ends a process, in the end; it also tells the threads of simulations.
    private static final class Silent implements Thread.UncaughtExceptionHandler {
        @Override
        public void uncaughtException(Thread thread, Throwable why) {}
    }

    private final Thread owner = Thread.currentThread();
    private final SplittableRandom random;
    private final List<Runnable> ready = new ArrayList<>();
    private final PriorityQueue<Due> due =
            new PriorityQueue<>(Comparator.comparingLong(Due::atUs).thenComparingLong(Due::order));
    private long nowUs;
    private long order;
    private long atOnce;
    private boolean calm;

    private record Due(long atUs, long order, Runnable task) {}

    Scheduler(SplittableRandom random) {
        this.random = random;
    }

    /// Those of mutants, too, which bring these classes with them a second time.
    static boolean isSimulated(Thread thread) {
        String handler = thread.getUncaughtExceptionHandler().getClass().getName();
        return thread.isVirtual() && handler.equals(Silent.class.getName());
    }

    private static Method newVirtualThread() {
        try {
            Method method =
                    Class.forName("java.lang.ThreadBuilders")
                            .getDeclaredMethod(
                                    "newVirtualThread",
                                    Executor.class,
                                    String.class,
                                    int.class,
                                    Runnable.class);
            method.setAccessible(true);
            return method;
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("this JDK has no virtual threads with own schedulers", e);
        }
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public long millis() {
        return BEGINNING_MS + nowUs / 1_000;
    }

    long nowUs() {
        return nowUs;
    }

    /// From now on nobody is held up.
    void calm(boolean on) {
        calm = on;
    }

    void at(long atUs, Runnable task) {
        due.add(new Due(Math.max(atUs, nowUs), order++, task));
    }

    /// Holds up the calling thread, which must be one of a process.
    void pause(long us) {
        if (us <= 0) {
            return;
        }
        Thread sleeper = Thread.currentThread();
        boolean[] over = {false};
        at(
                nowUs + us,
                () -> {
                    over[0] = true;
                    LockSupport.unpark(sleeper);
                });
        while (!over[0]) {
            LockSupport.park();
        }
    }

    /// Lets everybody do what they can until so much time has passed.
    void runFor(long us) {
        long until = nowUs + us;
        while (true) {
            if (!ready.isEmpty()) {
                takeAny().run();
            } else if (!due.isEmpty() && due.peek().atUs <= until) {
                Due next = due.remove();
                movesOn(next.atUs);
                next.task.run();
            } else {
                nowUs = until;
                return;
            }
        }
    }

    private void movesOn(long atUs) {
        atOnce = atUs > nowUs ? 0 : atOnce + 1;
        if (atOnce > TOO_MUCH_AT_ONCE) {
            throw new IllegalStateException("time stands still: something goes round and round");
        }
        nowUs = Math.max(nowUs, atUs);
    }

    private Runnable takeAny() {
        int which = random.nextInt(ready.size());
        Runnable last = ready.removeLast();
        return which == ready.size() ? last : ready.set(which, last);
    }

    /// The life of one process: what lives and dies together.
    final class Life implements Executor, Timer {
        private boolean dead;

        /// Its threads go no further and its timers are off, wherever they are.
        void kill() {
            dead = true;
        }

        boolean dead() {
            return dead;
        }

        ThreadFactory threads() {
            return this::thread;
        }

        private Thread thread(Runnable work) {
            try {
                Executor scheduler = this::goOn;
                Thread thread = (Thread) NEW_VIRTUAL_THREAD.invoke(null, scheduler, "", 0, work);
                thread.setUncaughtExceptionHandler(new Silent());
                return thread;
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new LinkageError("no virtual thread", e);
            }
        }

        private void goOn(Runnable continuation) {
            Thread waker = Thread.currentThread();
            if (!waker.isVirtual() && !waker.equals(owner)) {
                throw new IllegalStateException("woken from outside of the simulation: " + waker);
            }
            Runnable unlessDead =
                    () -> {
                        if (!dead) {
                            continuation.run();
                        }
                    };
            if (!calm && random.nextInt(HELD_UP_ONE_IN) == 0) {
                at(nowUs + random.nextInt(HELD_UP_US), unlessDead);
            } else {
                ready.add(unlessDead);
            }
        }

        @Override
        public void execute(Runnable work) {
            thread(work).start();
        }

        @Override
        public long nowMs() {
            return nowUs / 1_000;
        }

        @Override
        public void pause(Duration time) {
            Scheduler.this.pause(time.toNanos() / 1_000);
        }

        @Override
        public void after(Duration delay, Runnable task) {
            at(
                    nowUs + delay.toNanos() / 1_000,
                    () -> {
                        if (!dead) {
                            task.run();
                        }
                    });
        }
    }
}
