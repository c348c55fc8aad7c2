package dev.bocau.store.cluster;

import dev.bocau.model.Code;
import dev.bocau.model.Message;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.store.Change;
import dev.bocau.store.Outcome;
import dev.bocau.store.Sent;
import dev.bocau.store.cluster.ConversationTable.New;
import dev.bocau.store.cluster.ConversationTable.SentBefore;
import dev.bocau.store.cluster.Name.Sort;
import dev.bocau.store.cluster.Roster.Membership;
import dev.bocau.store.cluster.Steps.Decided;
import dev.bocau.time.Timer;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The step that edits or recalls a message. Its `localId` is remembered beside the message: under
/// one that a draft has used in an older bucket it is another step.
final class Changing {
    private final ConversationTable conversations;
    private final MessageReader messages;
    private final RecentMessages recent;
    private final Steps steps;
    private final InstantSource clock;
    private final Timer timer;

    Changing(Tables tables, RecentMessages recent, Steps steps, ClusterContext context) {
        this.conversations = tables.conversations();
        this.messages = tables.messages();
        this.recent = recent;
        this.steps = steps;
        this.clock = context.clock();
        this.timer = context.timer();
    }

    Outcome<Sent> change(Change change) {
        return steps.take(
                Touched.changing(change.conversation(), change.message()), () -> decide(change));
    }

    private Decided<Sent> decide(Change change) {
        String name = Sending.name(change.sender(), change.device(), change.localId());
        boolean known = true;
        Attempts attempts = new Attempts(timer);
        while (attempts.another()) {
            ConversationView view =
                    conversations.view(change.conversation()).orElseThrow(() -> stranger(change));
            Optional<Long> seq = messages.seqOf(view, change.message());
            long bucket = seq.map(ConversationView::bucketOf).orElse(view.bucket());
            Optional<SentBefore> before =
                    conversations.sent(view, bucket, List.of(name)).getFirst();
            if (before.isPresent()) {
                return again(view, change, before.get(), known);
            }
            Membership sender = view.roster().members().get(change.sender());
            if (sender == null) {
                throw stranger(change);
            }
            Message message =
                    seq.filter(it -> it >= sender.sinceSeq())
                            .flatMap(it -> messages.at(view.id(), it))
                            .orElseThrow(() -> noSuchMessage(change));
            Message next = next(message, change);
            if (next == null) {
                return Decided.already(sent(change, message));
            }
            switch (conversations.change(view, new New(next, name, change.fingerprint()))) {
                case APPLIED -> {
                    recent.change(next);
                    return new Decided<>(sent(change, next), appends(view, next.seq()));
                }
                case REJECTED -> {}
                // The same again: whichever of the two is first, the other one is rejected.
                case UNKNOWN -> known = false;
            }
        }
        throw known ? Steps.busy() : Steps.unknown();
    }

    /// What was done before.
    ///
    /// @param told false: it may have been done just now, and nobody has been told
    private Decided<Sent> again(
            ConversationView view, Change change, SentBefore before, boolean told) {
        if (!Arrays.equals(before.fingerprint(), change.fingerprint())) {
            throw new Refused(
                    Code.LOCAL_ID_CONFLICT, "this localId was used for something else before");
        }
        Sent sent =
                new Sent(
                        change.conversation(),
                        change.localId(),
                        before.message(),
                        before.seq(),
                        before.timestampMs());
        if (told) {
            return Decided.already(sent);
        }
        messages.at(view.id(), before.seq()).ifPresent(recent::change);
        return new Decided<>(sent, appends(view, before.seq()));
    }

    /// The message as it is to be; null: it is so.
    private @Nullable Message next(Message message, Change change) {
        if (!message.sender().equals(change.sender())) {
            throw new Refused(Code.NOT_ALLOWED, "only its sender may change a message");
        }
        if (!message.recalled()) {
            return change.content().isPresent()
                    ? message.edited(change.content().get(), clock.millis())
                    : message.recalled(clock.millis());
        }
        if (change.content().isPresent()) {
            throw new Refused(Code.CONFLICT, "the message was recalled");
        }
        return null;
    }

    /// Those who see a message are told that it has changed.
    static Map<UserId, Append> appends(ConversationView view, long seq) {
        Map<UserId, Append> appends = new LinkedHashMap<>();
        Append changed = new Append.Changed(new Name(Sort.CHANGED, view.id(), Long.toString(seq)));
        view.roster()
                .members()
                .forEach((user, membership) -> {
                    if (seq >= membership.sinceSeq()) {
                        appends.put(user, changed);
                    }
                });
        return appends;
    }

    private static Sent sent(Change change, Message message) {
        return new Sent(
                change.conversation(),
                change.localId(),
                message.id(),
                message.seq(),
                message.timestampMs());
    }

    private static Refused stranger(Change change) {
        return new Refused(Code.NOT_A_MEMBER, "not a member of " + change.conversation());
    }

    private static Refused noSuchMessage(Change change) {
        return new Refused(
                Code.NO_SUCH_MESSAGE,
                "no message %s in %s".formatted(change.message(), change.conversation()));
    }
}
