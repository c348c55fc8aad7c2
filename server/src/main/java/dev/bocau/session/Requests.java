package dev.bocau.session;

import dev.bocau.chat.Conversations;
import dev.bocau.frame.About;
import dev.bocau.frame.Fields;
import dev.bocau.frame.Frames;
import dev.bocau.frame.SharedFrame;
import dev.bocau.model.Code;
import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Mark;
import dev.bocau.model.Media;
import dev.bocau.model.MessageId;
import dev.bocau.model.Refusal;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.protocol.EditMessage;
import dev.bocau.protocol.MarkDelivered;
import dev.bocau.protocol.MarkRead;
import dev.bocau.protocol.MuteConversation;
import dev.bocau.protocol.RecallMessage;
import dev.bocau.protocol.SendMessage;
import dev.bocau.store.Change;
import dev.bocau.store.Draft;
import dev.bocau.store.Outcome;
import dev.bocau.store.Outcome.Denied;
import dev.bocau.store.Outcome.Kept;
import dev.bocau.store.Reading;
import dev.bocau.store.Sent;
import dev.bocau.time.Timer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a connected device asks for in its conversations. On the session's lane; messages are
/// handed to the store in order, a few ahead of their confirmation, and everything else is waited
/// for.
final class Requests {
    private final Conversations conversations;
    private final Drain drain;
    private final Lane lane;
    private final SessionMetrics metrics;
    private final Timer timer;
    private final UserId user;
    private final DeviceId device;
    private final int maxInFlight;
    private final Answers answers;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Held held = new Held();

    /// Requests that have come, to tell which was first.
    private long taken;

    /// How the client is answered, as far as an answer does not move the device.
    interface Answers {
        void answer(SharedFrame frame);

        void refuse(Refusal refusal, About about);
    }

    Requests(
            SessionContext context,
            Drain drain,
            Lane lane,
            SessionMetrics metrics,
            UserId user,
            DeviceId device,
            Answers answers) {
        this.conversations = context.conversations();
        this.timer = context.timer();
        this.maxInFlight = context.limits().sendsInFlight();
        this.drain = drain;
        this.lane = lane;
        this.metrics = metrics;
        this.user = user;
        this.device = device;
        this.answers = answers;
    }

    /// @param handled told once what has become of it, unless this throws
    void send(SendMessage frame, Consumer<Optional<Refusal>> handled) {
        ConversationId conversation = Fields.conversation(frame.getConversationId());
        LocalId localId = Fields.local(frame.getLocalId());
        Draft draft =
                new Draft(
                        conversation,
                        user,
                        device,
                        localId,
                        Fields.kind(frame.getKind()),
                        frame.getContent(),
                        null,
                        Fields.seq(frame.getReadSeq()));
        long number = ++taken;
        checkNotHeld(conversation, localId);
        Draft whole = frame.hasMediaId() ? carrying(number, draft, frame.getMediaId()) : draft;
        begun();
        try {
            conversations.send(whole, outcome -> answer(number, whole, outcome, handled));
        } catch (RuntimeException notEvenTried) {
            finished();
            throw notEvenTried;
        }
    }

    private Draft carrying(long number, Draft draft, String mediaId) {
        try {
            return conversations.carrying(draft, Fields.media(mediaId));
        } catch (Refused refused) {
            hold(number, draft.conversation(), draft.localId(), refused.refusal());
            throw refused;
        }
    }

    private void answer(
            long number, Draft draft, Outcome<Sent> outcome, Consumer<Optional<Refusal>> handled) {
        switch (outcome) {
            case Kept<Sent> kept -> {
                metrics.sends.increment();
                SharedFrame received = received(kept.value(), draft.media());
                if (!drain.confirm(kept.appended(), kept.commit(), received)) {
                    answers.answer(received);
                }
                handled.accept(Optional.empty());
            }
            case Denied<Sent>(Refusal refusal) -> {
                hold(number, draft.conversation(), draft.localId(), refusal);
                handled.accept(Optional.of(refusal));
                answers.refuse(refusal, about(draft));
            }
        }
        finished();
    }

    private static About about(Draft draft) {
        return new About("send_message", draft.localId().value(), draft.conversation().value());
    }

    private void checkNotHeld(ConversationId conversation, LocalId localId) {
        long waitMs = held.waitMs(conversation, localId, timer.nowMs());
        if (waitMs > 0) {
            throw new Refused(
                    Refusal.retry(
                            Code.OVERLOADED,
                            "a message in front of this one was refused: send that one first",
                            waitMs));
        }
    }

    /// A frame was refused before it came here.
    void refused(About about, Refusal refusal) {
        if (!about.localId().isEmpty() && !about.conversation().isEmpty()) {
            ConversationId conversation = new ConversationId(about.conversation());
            hold(++taken, conversation, new LocalId(about.localId()), refusal);
        }
    }

    /// What was refused for a reason that passes must not be overtaken by what is behind it.
    private void hold(long number, ConversationId conversation, LocalId localId, Refusal refusal) {
        if (refusal.code().action() == Code.Action.RETRY) {
            long afterMs = Math.max(refusal.retryAfterMs(), Refusal.RETRY_AFTER_MS);
            held.hold(conversation, number, localId, timer.nowMs() + afterMs);
        }
    }

    private void begun() {
        if (inFlight.incrementAndGet() >= maxInFlight) {
            lane.hold(true);
            if (inFlight.get() < maxInFlight) {
                lane.hold(false);
            }
        }
    }

    private void finished() {
        if (inFlight.getAndDecrement() >= maxInFlight) {
            lane.hold(false);
        }
    }

    void edit(EditMessage frame) {
        change(
                frame.getLocalId(),
                frame.getConversationId(),
                frame.getMessageId(),
                Optional.of(frame.getContent()));
    }

    void recall(RecallMessage frame) {
        change(
                frame.getLocalId(),
                frame.getConversationId(),
                frame.getMessageId(),
                Optional.empty());
    }

    private void change(
            String localIdText, String conversationId, String message, Optional<String> content) {
        ConversationId conversation = Fields.conversation(conversationId);
        LocalId localId = Fields.local(localIdText);
        Change change =
                new Change(conversation, user, device, localId, Fields.message(message), content);
        long number = ++taken;
        checkNotHeld(conversation, localId);
        try {
            answers.answer(received(conversations.change(change).value(), null));
        } catch (Refused refused) {
            hold(number, conversation, localId, refused.refusal());
            throw refused;
        }
    }

    private static SharedFrame received(Sent sent, @Nullable Media media) {
        return Frames.messageReceived(
                sent.localId(),
                sent.message(),
                sent.conversation(),
                sent.seq(),
                sent.timestampMs(),
                media);
    }

    /// @param handled told once what has become of it, unless this throws
    void markDelivered(MarkDelivered frame, Consumer<Optional<Refusal>> handled) {
        Mark mark =
                mark(
                        frame.getConversationId(),
                        frame.getMessageIdsList(),
                        frame.hasSeq() ? OptionalLong.of(frame.getSeq()) : OptionalLong.empty());
        About about = new About("mark_delivered", "", mark.conversation().value());
        var _ =
                conversations
                        .deliver(user, device, mark)
                        .thenAccept(outcome -> {
                            if (outcome instanceof Denied<?>(Refusal refusal)) {
                                handled.accept(Optional.of(refusal));
                                answers.refuse(refusal, about);
                            } else {
                                handled.accept(Optional.empty());
                            }
                        });
    }

    void markRead(MarkRead frame) {
        Mark mark =
                mark(
                        frame.getConversationId(),
                        frame.getMessageIdsList(),
                        frame.hasSeq() ? OptionalLong.of(frame.getSeq()) : OptionalLong.empty());
        long atMs = frame.hasReadAt() ? Fields.time("readAt", frame.getReadAt()) : Reading.JUST_NOW;
        conversations.read(new Reading(user, device, mark.conversation(), mark.seq(), atMs));
    }

    void mute(MuteConversation frame) {
        conversations.mute(
                user,
                Fields.conversation(frame.getConversationId()),
                Fields.time("mutedUntil", frame.getMutedUntil()));
    }

    private Mark mark(String conversationId, List<String> messageIds, OptionalLong seq) {
        ConversationId conversation = Fields.conversation(conversationId);
        List<MessageId> messages = Fields.messages(messageIds);
        seq.ifPresent(Fields::seq);
        return new Mark(conversation, conversations.newest(user, conversation, messages, seq));
    }
}
