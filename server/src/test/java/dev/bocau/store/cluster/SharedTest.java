package dev.bocau.store.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedTest {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Shared<String, Integer> shared = new Shared<>();
    private final AtomicInteger found = new AtomicInteger();

    @AfterEach
    void nothing_is_left_behind() {
        threads.close();
        assertThat(shared.underWay()).isZero();
    }

    private Future<Integer> ask(Supplier<Integer> finding) {
        return threads.submit(() -> shared.ask("question", finding));
    }

    private static void pass(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// A finding that does not end before it is let go.
    private Future<Integer> held(CountDownLatch begun, CountDownLatch gate) {
        return ask(() -> {
            begun.countDown();
            pass(gate);
            return found.incrementAndGet();
        });
    }

    @Test
    void who_asks_meanwhile_shares_the_next_answer() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        Future<Integer> first = held(begun, gate);
        pass(begun);
        CountDownLatch asked = new CountDownLatch(100);
        List<Future<Integer>> others = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            others.add(
                    threads.submit(() -> {
                        asked.countDown();
                        return shared.ask("question", found::incrementAndGet);
                    }));
        }
        pass(asked);

        gate.countDown();

        assertThat(first.get()).isEqualTo(1);
        for (Future<Integer> other : others) {
            assertThat(other.get()).isGreaterThan(1);
        }
        assertThat(found.get()).isLessThan(50);
    }

    @Test
    void round_that_takes_too_long_holds_up_nobody_else() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        Future<Integer> slow = held(begun, gate);
        pass(begun);

        assertThat(shared.ask("question", () -> 7)).isEqualTo(7);
        assertThat(shared.ask("question", () -> 8)).isEqualTo(8);

        assertThat(slow.isDone()).isFalse();
        CountDownLatch later = new CountDownLatch(1);
        CountDownLatch laterGate = new CountDownLatch(1);
        Future<Integer> newest = held(later, laterGate);
        pass(later);
        gate.countDown();
        assertThat(slow.get()).isEqualTo(1);
        laterGate.countDown();
        assertThat(newest.get()).isEqualTo(2);
    }

    @Test
    void other_questions_do_not_wait() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        Future<Integer> first = held(begun, gate);
        pass(begun);

        assertThat(shared.ask("another", () -> 7)).isEqualTo(7);

        gate.countDown();
        await().until(first::isDone);
    }

    @Test
    void failure_is_for_those_who_share_it_and_for_nobody_after_them() {
        assertThatThrownBy(() ->
                        shared.ask(
                                "question",
                                () -> {
                                    throw new IllegalStateException("broken");
                                }))
                .hasMessage("broken");

        assertThat(shared.ask("question", () -> 7)).isEqualTo(7);
    }

    @Test
    void no_answer_is_older_than_its_question() throws Exception {
        AtomicInteger now = new AtomicInteger();
        List<Future<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Random random = new Random(i);
            all.add(
                    threads.submit(() -> {
                        boolean fresh = true;
                        for (int each = 0; each < 2_000; each++) {
                            int asked = now.incrementAndGet();
                            int answer =
                                    shared.ask(
                                            "question",
                                            () -> {
                                                int seen = now.get();
                                                if (random.nextInt(4) == 0) {
                                                    LockSupport.parkNanos(1_000);
                                                }
                                                return seen;
                                            });
                            fresh &= answer >= asked;
                        }
                        return fresh;
                    }));
        }
        for (Future<Boolean> each : all) {
            assertThat(each.get()).isTrue();
        }
    }
}
