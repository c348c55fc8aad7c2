package dev.bocau.store.embedded;

import dev.bocau.model.Code;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.store.Change;
import dev.bocau.store.Draft;
import dev.bocau.store.Reading;
import dev.bocau.store.Sent;
import dev.bocau.store.embedded.Rows.EntryRow;
import dev.bocau.store.embedded.Rows.EntryRow.Sort;
import dev.bocau.store.embedded.Rows.MemberRow;
import dev.bocau.store.embedded.Rows.SentRow;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The steps that make and change messages.
final class Messages {
    private final LocalIds localIds;
    private final Marks marks;
    private final InstantSource clock;
    private final RandomGenerator random;

    Messages(LocalIds localIds, Marks marks, InstantSource clock, RandomGenerator random) {
        this.localIds = localIds;
        this.marks = marks;
        this.clock = clock;
        this.random = random;
    }

    Sent send(Tx tx, Draft draft) {
        long now = clock.millis();
        byte[] name =
                LocalIds.name(
                        draft.conversation(), draft.sender(), draft.device(), draft.localId());
        byte[] fingerprint = draft.fingerprint();
        SentRow known = known(tx, name, fingerprint, now);
        if (known != null) {
            return sent(draft, known);
        }
        OpenConversation conversation = tx.conversationOf(draft.sender(), draft.conversation());
        if (draft.readSeq() > 0) {
            long seen = Math.min(draft.readSeq(), conversation.headSeq);
            marks.read(
                    tx,
                    conversation,
                    new Reading(draft.sender(), draft.device(), draft.conversation(), seen, now));
        }
        Message message = place(tx, conversation, draft, now);
        SentRow row = new SentRow(fingerprint, message.id(), message.seq(), message.timestampMs());
        localIds.remember(tx, name, row, now);
        return sent(draft, row);
    }

    private Message place(Tx tx, OpenConversation conversation, Draft draft, long now) {
        long timestampMs = Math.max(now, conversation.lastTimestampMs);
        Message message =
                draft.at(MessageId.at(timestampMs, random), ++conversation.headSeq, timestampMs);
        conversation.lastTimestampMs = timestampMs;
        tx.put(Table.MESSAGES, key(message), Rows.of(message));
        EntryRow entry =
                new EntryRow(Sort.ADDED, timestampMs, draft.conversation(), message.seq(), "");
        for (UserId member : conversation.members.keySet()) {
            tx.append(member, entry, message);
        }
        return message;
    }

    Sent change(Tx tx, Change change) {
        long now = clock.millis();
        byte[] name =
                LocalIds.name(
                        change.conversation(), change.sender(), change.device(), change.localId());
        byte[] fingerprint = change.fingerprint();
        SentRow known = known(tx, name, fingerprint, now);
        if (known == null) {
            Message message = changed(tx, change, now);
            known = new SentRow(fingerprint, message.id(), message.seq(), message.timestampMs());
            localIds.remember(tx, name, known, now);
        }
        return new Sent(
                change.conversation(),
                change.localId(),
                known.message(),
                known.seq(),
                known.timestampMs());
    }

    private Message changed(Tx tx, Change change, long now) {
        OpenConversation conversation = tx.conversationOf(change.sender(), change.conversation());
        long seq =
                MessageSearch.seqOf(
                                conversation.id(), conversation.headSeq, change.message(), tx::get)
                        .orElseThrow(() -> noSuchMessage(change));
        MemberRow sender = Objects.requireNonNull(conversation.members.get(change.sender()));
        if (seq < sender.sinceSeq()) {
            throw noSuchMessage(change);
        }
        byte[] key = Keys.numbered(conversation.id().value(), seq);
        Message message =
                Rows.message(
                        conversation.id(),
                        seq,
                        Objects.requireNonNull(tx.get(Table.MESSAGES, key)));
        if (!message.sender().equals(change.sender())) {
            throw new Refused(Code.NOT_ALLOWED, "only its sender may change a message");
        }
        if (message.recalled()) {
            if (change.content().isPresent()) {
                throw new Refused(Code.CONFLICT, "the message was recalled");
            }
            return message;
        }
        Message next =
                change.content().isPresent()
                        ? message.edited(change.content().get(), now)
                        : message.recalled(now);
        tx.put(Table.MESSAGES, key, Rows.of(next));
        EntryRow entry = new EntryRow(Sort.CHANGED, now, conversation.id(), seq, "");
        conversation.members.forEach((member, membership) -> {
            if (seq >= membership.sinceSeq()) {
                tx.append(member, entry, null);
            }
        });
        return next;
    }

    private static Refused noSuchMessage(Change change) {
        return new Refused(
                Code.NO_SUCH_MESSAGE,
                "no message %s in %s".formatted(change.message(), change.conversation()));
    }

    private @Nullable SentRow known(Tx tx, byte[] name, byte[] fingerprint, long now) {
        SentRow known = localIds.find(tx::get, name, now);
        if (known != null && !Arrays.equals(known.fingerprint(), fingerprint)) {
            throw new Refused(
                    Code.LOCAL_ID_CONFLICT, "this localId was used for something else before");
        }
        return known;
    }

    private static Sent sent(Draft draft, SentRow row) {
        return new Sent(
                draft.conversation(), draft.localId(), row.message(), row.seq(), row.timestampMs());
    }

    private static byte[] key(Message message) {
        return Keys.numbered(message.conversation().value(), message.seq());
    }
}
