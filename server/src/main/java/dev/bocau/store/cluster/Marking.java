package dev.bocau.store.cluster;

import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Mark;
import dev.bocau.model.ReadTime;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.store.Acknowledgement;
import dev.bocau.store.Draft;
import dev.bocau.store.Outcome;
import dev.bocau.store.Reading;
import dev.bocau.store.cluster.ConversationMarks.Marks;
import dev.bocau.store.cluster.Name.Sort;
import dev.bocau.store.cluster.Roster.Membership;
import dev.bocau.store.cluster.Steps.Decided;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The steps that move marks. Two nodes may move one mark at once: the further one wins, and whom
/// both tell is told twice.
final class Marking {
    /// Up to so many messages are looked at for who has sent them; beyond, everybody is told, which
    /// is harmless.
    private static final long MESSAGES_LOOKED_AT = 256;

    private final ConversationTable conversations;
    private final MessageReader messages;
    private final MarkTable marks;
    private final DeviceSessions sessions;
    private final Steps steps;
    private final Limits limits;
    private final ReadTime readTime;
    private final InstantSource clock;

    Marking(Tables tables, DeviceSessions sessions, Steps steps, ClusterContext context) {
        this.conversations = tables.conversations();
        this.messages = tables.messages();
        this.marks = tables.marks();
        this.sessions = sessions;
        this.steps = steps;
        this.limits = context.limits();
        this.readTime = context.readTime();
        this.clock = context.clock();
    }

    Outcome<List<Mark>> acknowledge(Acknowledgement ack) {
        try {
            Map<Mark, ConversationView> views = new LinkedHashMap<>();
            for (Mark mark : ack.delivered()) {
                Optional<ConversationView> view = conversations.view(mark.conversation());
                if (view.isPresent()) {
                    checkNotPastHead(view.get(), mark.seq());
                    if (view.get().roster().members().containsKey(ack.user())) {
                        views.put(mark, view.get());
                    }
                }
            }
            List<Mark> moved = new ArrayList<>();
            List<dev.bocau.model.Appended> appended = new ArrayList<>();
            for (Map.Entry<Mark, ConversationView> each : views.entrySet()) {
                Mark mark = each.getKey();
                Outcome.Kept<Boolean> kept =
                        steps.take(
                                        Touched.of(mark.conversation()),
                                        () ->
                                                deliver(
                                                        each.getValue(),
                                                        ack.user(),
                                                        ack.device(),
                                                        mark.seq()))
                                .orRefuse();
                appended.addAll(kept.appended());
                if (kept.value()) {
                    moved.add(mark);
                }
            }
            ack.cursor()
                    .ifPresent(cursor ->
                            sessions.stand(ack.user(), ack.device(), ack.session(), cursor));
            return steps.kept(moved, appended);
        } catch (Refused refused) {
            return new Outcome.Denied<>(refused.refusal());
        }
    }

    /// The value is whether the user's mark moved.
    private Decided<Boolean> deliver(
            ConversationView view, UserId user, DeviceId device, long seq) {
        Membership membership = membership(view, user);
        ConversationMarks known = marks.of(view.id(), user, membership);
        boolean moves = seq > known.of(user).delivered().seq();
        if (!moves && seq <= known.of(user, device).delivered().seq()) {
            return Decided.already(false);
        }
        marks.deliver(view.id(), user, membership, new Watermark(seq, clock.millis(), device));
        Map<UserId, Append> appends = new LinkedHashMap<>();
        if (moves) {
            tell(view, user, known.of(user).delivered().seq(), seq, Sort.DELIVERED, appends);
        }
        return new Decided<>(moves, appends);
    }

    Outcome<Long> read(Reading reading) {
        try {
            ConversationView view =
                    conversations
                            .view(reading.conversation())
                            .filter(it -> it.roster().members().containsKey(reading.user()))
                            .orElseThrow(() -> notAMember(reading.conversation()));
            checkNotPastHead(view, reading.seq());
            return steps.take(Touched.of(view.id()), () -> read(view, reading));
        } catch (Refused refused) {
            return new Outcome.Denied<>(refused.refusal());
        }
    }

    /// A sender's reading, up to a message that is there.
    Outcome<Long> readWhileSending(Draft draft, long atMost) {
        return read(
                new Reading(
                        draft.sender(),
                        draft.device(),
                        draft.conversation(),
                        Math.min(draft.readSeq(), atMost),
                        Reading.JUST_NOW));
    }

    private Decided<Long> read(ConversationView view, Reading reading) {
        UserId user = reading.user();
        Membership membership = membership(view, user);
        ConversationMarks known = marks.of(view.id(), user, membership);
        Marks before = known.of(user);
        long from = known.of(user, reading.device()).read().seq();
        long to = reading.seq();
        if (to <= from) {
            return Decided.already(before.read().seq());
        }
        long now = clock.millis();
        Watermark mark = new Watermark(to, Math.min(reading.atMs(), now), reading.device());
        marks.read(
                view.id(), user, membership, from, mark, new Watermark(to, now, reading.device()));
        Map<UserId, Append> appends = new LinkedHashMap<>();
        appends.put(user, changed(Sort.READ_HERE, view.id(), reading.device().value()));
        boolean moved = to > before.read().seq();
        if (moved) {
            tell(view, user, before.read().seq(), to, Sort.READ, appends);
        } else if (to == before.read().seq()
                && readTime.of(before.read().atMs(), mark.atMs()) != before.read().atMs()) {
            tell(view, user, from, to, Sort.READ, appends);
        }
        return new Decided<>(Math.max(to, before.read().seq()), appends);
    }

    /// Tells those who have sent a message past `from` up to `to`, but not the user itself.
    private void tell(
            ConversationView view,
            UserId user,
            long from,
            long to,
            Sort sort,
            Map<UserId, Append> appends) {
        if (view.roster().members().size() > limits.receiptMembers()) {
            return;
        }
        Collection<UserId> senders =
                to - from > MESSAGES_LOOKED_AT
                        ? view.roster().members().keySet()
                        : new HashSet<>(messages.senders(view.id(), from + 1, to));
        for (UserId sender : senders) {
            if (!sender.equals(user) && view.roster().members().containsKey(sender)) {
                appends.put(sender, changed(sort, view.id(), user.value()));
            }
        }
    }

    private static Append changed(Sort sort, ConversationId id, String about) {
        return new Append.Changed(new Name(sort, id, about));
    }

    private static Membership membership(ConversationView view, UserId user) {
        return Objects.requireNonNull(view.roster().members().get(user));
    }

    private static void checkNotPastHead(ConversationView view, long seq) {
        if (seq > view.head()) {
            throw new Refused(
                    Code.NOT_SENT,
                    "%s has %d messages, not %d".formatted(view.id(), view.head(), seq));
        }
    }

    private static Refused notAMember(ConversationId id) {
        return new Refused(Code.NOT_A_MEMBER, "not a member of " + id);
    }
}
