package dev.bocau.store.cluster;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;

/// Asks many questions at once, each of which waits for its answer.
final class AtOnce {
    private AtOnce() {}

    /// The answers, in the order of the questions.
    ///
    /// @throws RuntimeException what the first of those that failed has thrown
    static <T, R> List<R> ask(Executor threads, Collection<T> questions, Function<T, R> answering) {
        List<CompletableFuture<R>> answers =
                questions.stream()
                        .map(question ->
                                CompletableFuture.supplyAsync(
                                        () -> answering.apply(question), threads))
                        .toList();
        try {
            return answers.stream().map(CompletableFuture::join).toList();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException thrown ? thrown : e;
        }
    }
}
