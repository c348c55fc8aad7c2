package dev.bocau.store.cluster;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Questions that many have at the same time, answered once for all of them. No answer is older
/// than its question: whoever asks while an answer is being found shares the next one, with all
/// others who do. That begins when the one before it is found, or has taken too long.
final class Shared<K, V> {
    private static final long PATIENCE_MS = 200;

    /// The newest round that is under way, by question.
    private final Map<K, Round<V>> rounds = new HashMap<>();

    private static final class Round<V> {
        final CompletableFuture<V> answer = new CompletableFuture<>();
        @Nullable Round<V> next;
    }

    /// @param finding finds the answer; what it throws, all who share it are thrown
    V ask(K question, Supplier<V> finding) {
        Round<V> before;
        Round<V> round;
        synchronized (rounds) {
            before = rounds.get(question);
            if (before != null && before.next != null) {
                round = before.next;
                before = round;
            } else {
                round = new Round<>();
                if (before == null) {
                    rounds.put(question, round);
                } else {
                    before.next = round;
                }
            }
        }
        if (before == round) {
            return answer(round);
        }
        if (before != null) {
            await(before);
            begin(question, before, round);
        }
        return find(question, round, finding);
    }

    private static void await(Round<?> before) {
        try {
            before.answer.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException nothingToWaitFor) {
            // Its failure is told to those who share it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Who asks from here on is too late for this round.
    private void begin(K question, Round<V> before, Round<V> round) {
        synchronized (rounds) {
            rounds.replace(question, before, round);
        }
    }

    private V find(K question, Round<V> round, Supplier<V> finding) {
        try {
            V found = finding.get();
            moveOn(question, round);
            round.answer.complete(found);
            return found;
        } catch (RuntimeException | Error failure) {
            moveOn(question, round);
            round.answer.completeExceptionally(failure);
            throw failure;
        }
    }

    /// Before the next round begins. A round that took too long is not the newest any more.
    private void moveOn(K question, Round<V> round) {
        synchronized (rounds) {
            if (round.next == null) {
                rounds.remove(question, round);
            } else {
                rounds.replace(question, round, round.next);
            }
        }
    }

    private static <V> V answer(Round<V> round) {
        try {
            return round.answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException thrown ? thrown : e;
        }
    }

    /// Questions that are being answered.
    int underWay() {
        synchronized (rounds) {
            return rounds.size();
        }
    }
}
