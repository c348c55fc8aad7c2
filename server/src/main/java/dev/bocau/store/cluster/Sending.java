package dev.bocau.store.cluster;

import dev.bocau.model.Code;
import dev.bocau.model.ConversationId;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.Refusal;
import dev.bocau.store.Draft;
import dev.bocau.store.cluster.Cassandra.Decision;
import dev.bocau.store.cluster.ConversationTable.New;
import dev.bocau.store.cluster.ConversationTable.SentBefore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Decides what is sent into a conversation: who may, what was sent before, and the place of the
/// rest.
///
/// Straight on: look how the conversation stands, try, and where a condition did not hold look
/// again. A try of which nobody knows what became of it is made again, too: both have the same
/// localId as a condition, so only one of them can be.
final class Sending {
    private final ConversationTable table;
    private final InstantSource clock;
    private final RandomGenerator random;

    /// What became of a draft.
    sealed interface Placed {
        /// It is this message.
        ///
        /// @param now whether it was added just now; otherwise it had been sent before
        record At(MessageId message, long seq, long timestampMs, boolean now) implements Placed {}

        /// It is none. Unless the refusal says that this is not known, it will not be one.
        record Not(Refusal refusal) implements Placed {}
    }

    /// @param placed what became of each draft, in their order
    /// @param added the messages that were added
    /// @param view how the conversation stands then; null: there is none
    /// @param settled false: it is not known what became of those that were refused, and the same
    ///   is to be asked again until it is
    record Result(
            List<Placed> placed,
            List<Message> added,
            @Nullable ConversationView view,
            boolean settled) {}

    Sending(ConversationTable table, InstantSource clock, RandomGenerator random) {
        this.table = table;
        this.clock = clock;
        this.random = random;
    }

    /// Sends drafts into one conversation, in this order.
    ///
    /// @param drafts no two of them of one sender, device and `localId`
    /// @param seen how the conversation was seen to stand before; it may be out of date
    /// @param untilMs when to give up
    Result send(
            ConversationId id, List<Draft> drafts, Optional<ConversationView> seen, long untilMs) {
        Attempt attempt = new Attempt(drafts);
        ConversationView view = seen.orElse(null);
        boolean fresh = view == null;
        boolean known = true;
        if (view == null) {
            view = table.view(id).orElse(null);
        }
        while (view != null && attempt.goesOn()) {
            if (clock.millis() >= untilMs) {
                attempt.refuseAll(known ? busy() : unknown());
                return attempt.result(view, known);
            }
            if (fresh || view.bucket() > 0) {
                attempt.recognize(view);
            }
            if (attempt.hasStrangers(view) && fresh) {
                attempt.refuseStrangers(view);
            }
            if (!attempt.goesOn()) {
                break;
            }
            if (attempt.hasStrangers(view)) {
                // They may have joined since it was seen.
                view = table.view(id).orElse(null);
                fresh = true;
                continue;
            }
            if (view.head() == view.full()) {
                table.turn(view);
                view = table.view(id).orElse(null);
                fresh = true;
                continue;
            }
            List<New> next = attempt.next(view);
            Decision decision = table.append(view, next);
            known = decision != Decision.UNKNOWN;
            if (decision == Decision.APPLIED) {
                attempt.added(next);
                view = view.after(next.getLast().message());
            } else {
                view = table.view(id).orElse(null);
                fresh = true;
            }
        }
        attempt.refuseAll(Refusal.of(Code.NOT_A_MEMBER, "not a member of " + id));
        return attempt.result(view, true);
    }

    private static Refusal busy() {
        return Refusal.retry(Code.OVERLOADED, "too many send into this conversation");
    }

    private static Refusal unknown() {
        return Refusal.retry(
                Code.UNAVAILABLE,
                "the database does not say whether it has the message; the same localId will tell");
    }

    static String name(Draft draft) {
        return draft.sender() + "/" + draft.device() + "/" + draft.localId();
    }

    /// What has become of the drafts so far.
    private final class Attempt {
        private final List<Draft> drafts;
        private final Map<Draft, Placed> placed = new HashMap<>();
        private final List<Message> added = new ArrayList<>();

        Attempt(List<Draft> drafts) {
            this.drafts = drafts;
        }

        boolean goesOn() {
            return placed.size() < drafts.size();
        }

        private List<Draft> open() {
            return drafts.stream().filter(draft -> !placed.containsKey(draft)).toList();
        }

        /// Answers those that were sent before, even by somebody who has left since.
        void recognize(ConversationView view) {
            for (Draft draft : open()) {
                table.sent(view, name(draft))
                        .ifPresent(before -> placed.put(draft, again(draft, before)));
            }
        }

        private static Placed again(Draft draft, SentBefore before) {
            return Arrays.equals(before.fingerprint(), draft.fingerprint())
                    ? new Placed.At(before.message(), before.seq(), before.timestampMs(), false)
                    : new Placed.Not(
                            Refusal.of(
                                    Code.LOCAL_ID_CONFLICT,
                                    "this localId was used for something else before"));
        }

        boolean hasStrangers(ConversationView view) {
            return open().stream().anyMatch(draft -> isStranger(draft, view));
        }

        private static boolean isStranger(Draft draft, ConversationView view) {
            return !view.roster().members().containsKey(draft.sender());
        }

        void refuseStrangers(ConversationView view) {
            for (Draft draft : open()) {
                if (isStranger(draft, view)) {
                    placed.put(
                            draft,
                            new Placed.Not(
                                    Refusal.of(Code.NOT_A_MEMBER, "not a member of " + view.id())));
                }
            }
        }

        void refuseAll(Refusal refusal) {
            open().forEach(draft -> placed.put(draft, new Placed.Not(refusal)));
        }

        /// The messages that come next, as many as the bucket has room for.
        List<New> next(ConversationView view) {
            List<New> next = new ArrayList<>();
            long timestampMs = Math.max(clock.millis(), view.lastMs());
            long seq = view.head();
            for (Draft draft : open()) {
                if (seq == view.full()) {
                    break;
                }
                next.add(
                        new New(
                                draft.at(MessageId.at(timestampMs, random), ++seq, timestampMs),
                                name(draft),
                                draft.fingerprint()));
            }
            return next;
        }

        /// The first of those that were open have become these messages.
        void added(List<New> messages) {
            List<Draft> open = open();
            for (int i = 0; i < messages.size(); i++) {
                Message message = messages.get(i).message();
                added.add(message);
                placed.put(
                        open.get(i),
                        new Placed.At(message.id(), message.seq(), message.timestampMs(), true));
            }
        }

        Result result(@Nullable ConversationView view, boolean settled) {
            List<Placed> inOrder =
                    drafts.stream()
                            .map(draft -> Objects.requireNonNull(placed.get(draft)))
                            .toList();
            return new Result(inOrder, added, view, settled);
        }
    }
}
