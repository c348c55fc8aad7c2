package dev.bocau.store.cluster;

import dev.bocau.model.ConversationId;
import dev.bocau.model.MessageId;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.time.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes good what a step may have left half done, whatever it was: all who are concerned get the
/// conversation's whole state into their logs, or that they have left it, and messages that may
/// have been changed. That may be done at any time, and as often as anybody likes.
final class Repairs {
    private static final Logger LOG = LoggerFactory.getLogger(Repairs.class);

    /// Longer than a node of Cassandra goes on by itself with what it was asked
    /// (`cas_contention_timeout`).
    private static final Duration SETTLED_BY_THEN = Duration.ofSeconds(5);

    private final ConversationTable conversations;
    private final MembershipTable memberships;
    private final MessageReader messages;
    private final RecentMessages recent;
    private final FanOut fanOut;
    private final Timer timer;
    private final Executor threads;

    Repairs(Tables tables, RecentMessages recent, FanOut fanOut, ClusterContext context) {
        this.conversations = tables.conversations();
        this.memberships = tables.memberships();
        this.messages = tables.messages();
        this.recent = recent;
        this.fanOut = fanOut;
        this.timer = context.timer();
        this.threads = context.threads();
    }

    /// Repairs a conversation soon, again and again until it is done.
    void later(Touched touched, Runnable done) {
        timer.after(
                SETTLED_BY_THEN,
                () ->
                        threads.execute(() -> {
                            try {
                                var _ = repair(touched).thenRun(done);
                            } catch (RuntimeException e) {
                                if (!(e instanceof Refused)) {
                                    LOG.error("repairing {} failed", touched, e);
                                }
                                later(touched, done);
                            }
                        }));
    }

    /// Repairs a conversation.
    ///
    /// @return when all logs have it
    /// @throws Refused if it cannot be read now
    CompletableFuture<?> repair(Touched touched) {
        ConversationId conversation = touched.conversation();
        Optional<ConversationView> found = conversations.settledView(conversation);
        if (found.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        ConversationView view = found.get();
        recent.forget(conversation);
        Map<UserId, Append> appends = new LinkedHashMap<>();
        view.roster()
                .members()
                .forEach((user, membership) ->
                        appends.put(
                                user,
                                new Append.Joined(
                                        conversation, membership.joinedSeq(), view.head())));
        List<UserId> left =
                touched.leaving().stream().filter(user -> !appends.containsKey(user)).toList();
        left.forEach(user -> appends.put(user, new Append.Left(conversation)));
        memberships.write(view, List.copyOf(view.roster().members().keySet()), left);
        List<CompletableFuture<?>> under = new ArrayList<>();
        under.add(put(appends));
        for (MessageId message : touched.changing()) {
            messages.seqOf(view, message)
                    .ifPresent(seq -> under.add(put(Changing.appends(view, seq))));
        }
        return CompletableFuture.allOf(under.toArray(new CompletableFuture<?>[0]));
    }

    private CompletableFuture<?> put(Map<UserId, Append> appends) {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        var _ = fanOut.put(appends, List.of(), () -> done.complete(null));
        return done;
    }
}
