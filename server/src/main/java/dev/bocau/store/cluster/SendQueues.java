package dev.bocau.store.cluster;

import dev.bocau.model.Appended;
import dev.bocau.model.Code;
import dev.bocau.model.Commit;
import dev.bocau.model.ConversationId;
import dev.bocau.model.Message;
import dev.bocau.model.Refusal;
import dev.bocau.model.UserId;
import dev.bocau.store.Draft;
import dev.bocau.store.Outcome;
import dev.bocau.store.Sent;
import dev.bocau.store.cluster.Sending.Placed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this node is to send, one queue for each conversation: those that wait while one batch is
/// decided share the next one.
final class SendQueues {
    private static final Logger LOG = LoggerFactory.getLogger(SendQueues.class);
    private static final int BATCH = 64;
    private static final int BATCH_BYTES = 256 * 1024;
    private static final long PATIENCE_MS = 5_000;

    /// Drafts that wait in one conversation.
    private static final int WAITING = 16_384;

    private static final int SEEN = 50_000;

    private final Sending sending;
    private final Marking marking;
    private final RecentMessages recent;
    private final Steps steps;
    private final ClusterContext context;
    private final Map<ConversationId, Queue> queues = new HashMap<>();

    private boolean closed;

    /// How conversations stood after the last that was sent into them, of the latest ones.
    private final Map<ConversationId, ConversationView> seen =
            Collections.synchronizedMap(
                    new LinkedHashMap<>(16, 0.75f, true) {
                        @Override
                        protected boolean removeEldestEntry(
                                Map.Entry<ConversationId, ConversationView> eldest) {
                            return size() > SEEN;
                        }
                    });

    private record Waiting(Draft draft, CompletableFuture<Outcome<Sent>> told) {}

    /// A refusal that passes is for all that wait behind, too, until it was told.
    private static final class Queue {
        private final Deque<Waiting> waiting = new ArrayDeque<>();
        private @Nullable Refusal refusing;
    }

    SendQueues(
            Sending sending,
            Marking marking,
            RecentMessages recent,
            Steps steps,
            ClusterContext context) {
        this.sending = sending;
        this.marking = marking;
        this.recent = recent;
        this.steps = steps;
        this.context = context;
    }

    CompletableFuture<Outcome<Sent>> send(Draft draft) {
        Waiting waiting = new Waiting(draft, new CompletableFuture<>());
        Refusal refusal;
        boolean begin;
        synchronized (this) {
            Queue queue = queues.get(draft.conversation());
            refusal = refusal(queue);
            begin = queue == null && refusal == null;
            if (refusal == null) {
                queues.computeIfAbsent(draft.conversation(), id -> new Queue())
                        .waiting
                        .add(waiting);
            }
        }
        if (refusal != null) {
            waiting.told.complete(new Outcome.Denied<>(refusal));
        } else if (begin) {
            context.threads().execute(() -> work(draft.conversation()));
        }
        return waiting.told;
    }

    private @Nullable Refusal refusal(@Nullable Queue queue) {
        if (closed) {
            return Refusal.retry(Code.UNAVAILABLE, "the store is closed");
        }
        if (queue != null && queue.waiting.size() >= WAITING) {
            return Refusal.retry(Code.OVERLOADED, "too many send into this conversation");
        }
        return queue == null ? null : queue.refusing;
    }

    private void work(ConversationId id) {
        List<Waiting> batch = next(id);
        while (!batch.isEmpty()) {
            send(id, batch);
            batch = next(id);
        }
    }

    /// The drafts that come next, none twice; none: the queue is gone.
    private synchronized List<Waiting> next(ConversationId id) {
        Queue queue = queue(id);
        List<Waiting> batch = new ArrayList<>();
        Set<String> names = new HashSet<>();
        int bytes = 0;
        while (!queue.waiting.isEmpty() && batch.size() < BATCH) {
            Draft draft = queue.waiting.peek().draft;
            bytes += draft.content().getBytes(StandardCharsets.UTF_8).length;
            boolean fits = batch.isEmpty() || bytes <= BATCH_BYTES;
            if (!fits || !names.add(Sending.name(draft))) {
                break;
            }
            batch.add(queue.waiting.remove());
        }
        if (batch.isEmpty()) {
            queues.remove(id);
            notifyAll();
        }
        return batch;
    }

    private Queue queue(ConversationId id) {
        Queue queue = queues.get(id);
        if (queue == null) {
            throw new IllegalStateException("no queue of " + id);
        }
        return queue;
    }

    private void send(ConversationId id, List<Waiting> batch) {
        List<Draft> drafts = batch.stream().map(Waiting::draft).toList();
        try {
            switch (steps.take(Touched.of(id), () -> decide(id, drafts))) {
                case Outcome.Denied<Sending.Result>(Refusal refusal) -> deny(id, batch, refusal);
                case Outcome.Kept<Sending.Result> kept -> {
                    Map<Draft, Refusal> unread = new HashMap<>();
                    List<Appended> appended = new ArrayList<>(kept.appended());
                    appended.addAll(read(kept.value(), drafts, unread));
                    tell(id, batch, kept.value(), unread, kept.commit(), appended);
                }
            }
        } catch (RuntimeException e) {
            LOG.error("sending into {} failed", id, e);
            deny(id, batch, Refusal.retry(Code.UNAVAILABLE, "the server failed"));
        }
    }

    private Steps.Decided<Sending.Result> decide(ConversationId id, List<Draft> drafts) {
        Sending.Result result =
                sending.send(
                        id,
                        drafts,
                        Optional.ofNullable(seen.get(id)),
                        context.timer().nowMs() + PATIENCE_MS);
        ConversationView view = result.view();
        if (view == null) {
            seen.remove(id);
        } else {
            seen.put(id, view);
        }
        recent.add(result.added());
        return new Steps.Decided<>(result, appends(result), result.added(), result.settled());
    }

    /// What the senders have read while they wrote, of what was there then.
    ///
    /// @param unread gets those of which it could not be kept
    private List<Appended> read(
            Sending.Result result, List<Draft> drafts, Map<Draft, Refusal> unread) {
        List<Appended> appended = new ArrayList<>();
        for (int i = 0; i < drafts.size(); i++) {
            Draft draft = drafts.get(i);
            if (draft.readSeq() > 0 && result.placed().get(i) instanceof Placed.At at) {
                switch (marking.readWhileSending(draft, at.seq() - 1)) {
                    case Outcome.Kept<Long> kept -> appended.addAll(kept.appended());
                    case Outcome.Denied<Long>(Refusal refusal) -> {
                        if (refusal.retryAfterMs() > 0) {
                            unread.put(draft, refusal);
                        }
                    }
                }
            }
        }
        return appended;
    }

    private static Map<UserId, Append> appends(Sending.Result result) {
        Map<UserId, Append> appends = new LinkedHashMap<>();
        ConversationView view = result.view();
        if (view != null && !result.added().isEmpty()) {
            Message first = result.added().getFirst();
            Message last = result.added().getLast();
            view.roster()
                    .members()
                    .forEach((user, membership) ->
                            appends.put(
                                    user,
                                    new Append.Added(
                                            view.id(),
                                            membership.joinedSeq(),
                                            first.seq(),
                                            last.seq())));
        }
        return appends;
    }

    private void tell(
            ConversationId id,
            List<Waiting> batch,
            Sending.Result result,
            Map<Draft, Refusal> unread,
            Commit commit,
            List<Appended> appended) {
        List<Appended> rest = new ArrayList<>(appended);
        for (int i = 0; i < batch.size(); i++) {
            Waiting waiting = batch.get(i);
            Refusal notRead = unread.get(waiting.draft);
            if (notRead != null) {
                deny(id, batch.subList(i, batch.size()), notRead);
                return;
            }
            switch (result.placed().get(i)) {
                case Placed.At at -> {
                    Draft draft = waiting.draft;
                    Sent sent =
                            new Sent(
                                    draft.conversation(),
                                    draft.localId(),
                                    at.message(),
                                    at.seq(),
                                    at.timestampMs());
                    waiting.told.complete(new Outcome.Kept<>(sent, commit, taken(rest, at.seq())));
                }
                case Placed.Not(Refusal refusal) -> {
                    if (refusal.retryAfterMs() > 0) {
                        deny(id, batch.subList(i, batch.size()), refusal);
                        return;
                    }
                    waiting.told.complete(new Outcome.Denied<>(refusal));
                }
            }
        }
    }

    /// Takes out what was appended for a message, and all that is for none of them.
    private static List<Appended> taken(List<Appended> rest, long seq) {
        List<Appended> taken = new ArrayList<>();
        rest.removeIf(entry -> {
            Message message = entry.message();
            boolean take = message == null || message.seq() == seq;
            return take && taken.add(entry);
        });
        return taken;
    }

    /// Refuses these and all that wait behind them.
    private void deny(ConversationId id, List<Waiting> batch, Refusal refusal) {
        List<Waiting> denied = new ArrayList<>(batch);
        Queue queue;
        synchronized (this) {
            queue = queue(id);
            queue.refusing = refusal;
            denied.addAll(queue.waiting);
            queue.waiting.clear();
        }
        denied.forEach(each -> each.told.complete(new Outcome.Denied<>(refusal)));
        synchronized (this) {
            queue.refusing = null;
        }
    }

    /// Takes nothing more, and waits for what is under way.
    synchronized void close() {
        closed = true;
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
        try {
            while (!queues.isEmpty() && System.nanoTime() < until) {
                wait(PATIENCE_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
