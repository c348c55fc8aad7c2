package dev.bocau.store.cluster;

import dev.bocau.model.Code;
import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.Refusal;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.store.Draft;
import dev.bocau.store.cluster.Cassandra.Decision;
import dev.bocau.store.cluster.ConversationTable.New;
import dev.bocau.store.cluster.ConversationTable.SentBefore;
import dev.bocau.time.Timer;
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
    private final Timer timer;
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
    /// @param added the messages that were added, in order
    /// @param view how the conversation stands then; null: there is none, or it is not known
    /// @param settled false: it is not known what became of those that were refused
    record Result(
            List<Placed> placed,
            List<Message> added,
            @Nullable ConversationView view,
            boolean settled) {}

    Sending(ConversationTable table, InstantSource clock, Timer timer, RandomGenerator random) {
        this.table = table;
        this.clock = clock;
        this.timer = timer;
        this.random = random;
    }

    /// Sends drafts into one conversation, in this order.
    ///
    /// @param drafts no two of them of one sender, device and `localId`
    /// @param seen how the conversation was seen to stand before; it may be out of date
    /// @param untilMs when to give up, of the timer
    Result send(
            ConversationId id, List<Draft> drafts, Optional<ConversationView> seen, long untilMs) {
        Attempt attempt = new Attempt(id, drafts, seen.orElse(null));
        try {
            while (attempt.goesOn()) {
                if (timer.nowMs() >= untilMs) {
                    attempt.refuseAll(busy());
                } else {
                    attempt.goOn();
                }
            }
        } catch (Refused refused) {
            attempt.refuseAll(refused.refusal());
        }
        return attempt.result();
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
        return name(draft.sender(), draft.device(), draft.localId());
    }

    static String name(UserId sender, DeviceId device, LocalId localId) {
        return sender + "/" + device + "/" + localId;
    }

    /// What has become of the drafts so far.
    private final class Attempt {
        private final ConversationId id;
        private final List<Draft> drafts;
        private final Map<Draft, Placed> placed = new HashMap<>();
        private final List<Message> added = new ArrayList<>();

        /// What may have been added, without anybody knowing.
        private final Map<MessageId, Message> unknown = new HashMap<>();

        private @Nullable ConversationView view;

        /// Whether the view was read in this attempt.
        private boolean fresh;

        /// Whether the last try is known to have been in vain.
        private boolean known = true;

        Attempt(ConversationId id, List<Draft> drafts, @Nullable ConversationView seen) {
            this.id = id;
            this.drafts = drafts;
            this.view = seen;
        }

        /// Looks, where it has to, and tries.
        void goOn() {
            if (view == null) {
                look();
            }
            ConversationView now = view;
            if (now == null) {
                refuseAll(Refusal.of(Code.NOT_A_MEMBER, "not a member of " + id));
                return;
            }
            if (fresh || now.bucket() > 0) {
                recognize(now);
            }
            if (hasStrangers(now)) {
                if (fresh) {
                    refuseStrangers(now);
                } else {
                    // They may have joined since it was seen.
                    look();
                }
            } else if (goesOn() && now.head() == now.full()) {
                table.turn(now);
                look();
            } else if (goesOn()) {
                tryOn(now);
            }
        }

        private void look() {
            view = table.view(id).orElse(null);
            fresh = true;
        }

        private void tryOn(ConversationView now) {
            List<New> next = next(now);
            Decision decision = table.append(now, next);
            known = decision != Decision.UNKNOWN;
            if (decision == Decision.APPLIED) {
                added(next);
                view = now.after(next.getLast().message());
                return;
            }
            if (decision == Decision.UNKNOWN) {
                next.forEach(each -> unknown.put(each.message().id(), each.message()));
            }
            look();
        }

        boolean goesOn() {
            return placed.size() < drafts.size();
        }

        private List<Draft> open() {
            return drafts.stream().filter(draft -> !placed.containsKey(draft)).toList();
        }

        /// Answers those that were sent before, even by somebody who has left since.
        void recognize(ConversationView view) {
            List<Draft> open = open();
            List<Optional<SentBefore>> before =
                    table.sent(view, view.bucket(), open.stream().map(Sending::name).toList());
            for (int i = 0; i < open.size(); i++) {
                Draft draft = open.get(i);
                before.get(i).ifPresent(it -> found(draft, it));
            }
        }

        private void found(Draft draft, SentBefore before) {
            Message ours = unknown.get(before.message());
            if (ours != null) {
                added.add(ours);
            }
            placed.put(draft, again(draft, before, ours != null));
        }

        private static Placed again(Draft draft, SentBefore before, boolean now) {
            return Arrays.equals(before.fingerprint(), draft.fingerprint())
                    ? new Placed.At(before.message(), before.seq(), before.timestampMs(), now)
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
            Refusal honest = known ? refusal : unknown();
            open().forEach(draft -> placed.put(draft, new Placed.Not(honest)));
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

        Result result() {
            List<Placed> inOrder =
                    drafts.stream()
                            .map(draft -> Objects.requireNonNull(placed.get(draft)))
                            .toList();
            return new Result(inOrder, added, view, known);
        }
    }
}
