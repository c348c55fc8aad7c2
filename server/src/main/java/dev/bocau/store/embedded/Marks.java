package dev.bocau.store.embedded;

import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Mark;
import dev.bocau.model.ReadTime;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.store.Acknowledgement;
import dev.bocau.store.Reading;
import dev.bocau.store.embedded.Rows.DeviceMarks;
import dev.bocau.store.embedded.Rows.EntryRow;
import dev.bocau.store.embedded.Rows.EntryRow.Sort;
import dev.bocau.store.embedded.Rows.MemberRow;
import dev.bocau.store.embedded.Rows.UserMarks;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// The steps that move marks: watermarks per (conversation, user) and per device, which never move
/// back nor past the head.
final class Marks {
    /// Advances of a read mark that are kept per conversation and user, for the time of each
    /// message.
    static final int ADVANCES = 100;

    /// Up to so many messages are looked at for who has sent them; beyond, everybody is told, which
    /// is harmless.
    private static final long MESSAGES_LOOKED_AT = 256;

    private final Limits limits;
    private final ReadTime readTime;
    private final InstantSource clock;
    private final Devices devices;

    Marks(Limits limits, ReadTime readTime, InstantSource clock, Devices devices) {
        this.devices = devices;
        this.limits = limits;
        this.readTime = readTime;
        this.clock = clock;
    }

    List<Mark> acknowledge(Tx tx, Acknowledgement ack) {
        long now = clock.millis();
        for (Mark mark : ack.delivered()) {
            tx.conversation(mark.conversation())
                    .ifPresent(conversation -> checkNotPastHead(conversation, mark.seq()));
        }
        List<Mark> moved = new ArrayList<>();
        for (Mark mark : ack.delivered()) {
            tx.conversation(mark.conversation())
                    .filter(conversation -> conversation.members.containsKey(ack.user()))
                    .filter(c -> deliver(tx, c, ack.user(), ack.device(), mark.seq(), now))
                    .ifPresent(conversation -> moved.add(mark));
        }
        ack.cursor()
                .ifPresent(cursor ->
                        devices.store(tx, ack.user(), ack.device(), ack.session(), cursor));
        return moved;
    }

    /// @return whether the user's mark moved
    private boolean deliver(
            Tx tx,
            OpenConversation conversation,
            UserId user,
            DeviceId device,
            long seq,
            long now) {
        MemberRow member = Objects.requireNonNull(conversation.members.get(user));
        byte[] deviceKey = deviceKey(conversation.id(), user, device);
        DeviceMarks deviceMarks = deviceMarks(tx, deviceKey, member);
        if (seq > deviceMarks.deliveredSeq()) {
            tx.put(Table.MARKS, deviceKey, deviceMarks.delivered(seq, now).row());
        }
        byte[] userKey = userKey(conversation.id(), user);
        UserMarks marks = userMarks(tx, userKey, member);
        if (seq <= marks.deliveredSeq()) {
            return false;
        }
        tx.put(Table.MARKS, userKey, marks.delivered(seq, now, device).row());
        EntryRow entry = new EntryRow(Sort.DELIVERED, now, conversation.id(), 0, user.value());
        tell(tx, conversation, user, marks.deliveredSeq(), seq, entry);
        return true;
    }

    long read(Tx tx, Reading reading) {
        OpenConversation conversation = tx.conversationOf(reading.user(), reading.conversation());
        checkNotPastHead(conversation, reading.seq());
        return read(tx, conversation, reading);
    }

    private static void checkNotPastHead(OpenConversation conversation, long seq) {
        if (seq > conversation.headSeq) {
            throw new Refused(
                    Code.NOT_SENT,
                    "%s has %d messages, not %d"
                            .formatted(conversation.id(), conversation.headSeq, seq));
        }
    }

    /// A reading that is known not to pass the head.
    long read(Tx tx, OpenConversation conversation, Reading reading) {
        UserId user = reading.user();
        DeviceId device = reading.device();
        long now = clock.millis();
        MemberRow member = Objects.requireNonNull(conversation.members.get(user));
        byte[] userKey = userKey(conversation.id(), user);
        UserMarks marks = userMarks(tx, userKey, member);
        byte[] deviceKey = deviceKey(conversation.id(), user, device);
        DeviceMarks deviceMarks = deviceMarks(tx, deviceKey, member);
        long from = deviceMarks.readSeq();
        long to = reading.seq();
        if (to <= from) {
            return marks.readSeq();
        }
        long atMs = Math.min(reading.atMs(), now);
        tx.put(Table.MARKS, deviceKey, deviceMarks.read(to, atMs).row());

        ReadTime.Advance advance = new ReadTime.Advance(device, from, to, atMs);
        tx.put(
                Table.MARKS,
                advanceKey(conversation.id(), user, marks.advances()),
                Rows.of(advance));
        UserMarks next = advanced(marks, advance);
        if (next.readSeq() > next.deliveredSeq()) {
            next = next.delivered(next.readSeq(), now, device);
        }
        tx.put(Table.MARKS, userKey, next.row());

        tx.append(
                user,
                new EntryRow(Sort.READ_HERE, now, conversation.id(), 0, device.value()),
                null);
        boolean moved = next.readSeq() > marks.readSeq();
        if (moved || next.readAtMs() != marks.readAtMs()) {
            EntryRow entry = new EntryRow(Sort.READ, now, conversation.id(), 0, user.value());
            tell(tx, conversation, user, moved ? marks.readSeq() : from, next.readSeq(), entry);
        }
        return next.readSeq();
    }

    /// The user's marks after one more advance: the mark is the maximum, its time is chosen among
    /// the devices that covered it.
    private UserMarks advanced(UserMarks marks, ReadTime.Advance advance) {
        if (advance.toSeq() > marks.readSeq()) {
            return marks.read(advance.toSeq(), advance.atMs(), advance.device());
        }
        long atMs =
                advance.toSeq() == marks.readSeq()
                        ? readTime.of(marks.readAtMs(), advance.atMs())
                        : marks.readAtMs();
        return marks.read(marks.readSeq(), atMs, marks.readBy());
    }

    /// Puts the entry into the logs of those who sent a message past `from` up to `to`, but not the
    /// user's own.
    private void tell(
            Tx tx, OpenConversation conversation, UserId user, long from, long to, EntryRow entry) {
        if (conversation.members.size() > limits.receiptMembers()) {
            return;
        }
        for (UserId sender : senders(tx, conversation, from, to)) {
            if (!sender.equals(user) && conversation.members.containsKey(sender)) {
                tx.append(sender, entry, null);
            }
        }
    }

    private static Collection<UserId> senders(
            Tx tx, OpenConversation conversation, long from, long to) {
        if (to - from > MESSAGES_LOOKED_AT) {
            return List.copyOf(conversation.members.keySet());
        }
        Set<UserId> senders = new LinkedHashSet<>();
        for (long seq = from + 1; seq <= to; seq++) {
            byte[] row = tx.get(Table.MESSAGES, Keys.numbered(conversation.id().value(), seq));
            senders.add(Rows.messageSender(Objects.requireNonNull(row)));
        }
        return senders;
    }

    private static UserMarks userMarks(Tx tx, byte[] key, MemberRow member) {
        byte[] row = tx.get(Table.MARKS, key);
        return row == null ? UserMarks.joined(member.joinedSeq(), 0) : UserMarks.of(row);
    }

    private static DeviceMarks deviceMarks(Tx tx, byte[] key, MemberRow member) {
        byte[] row = tx.get(Table.MARKS, key);
        DeviceMarks marks = row == null ? null : DeviceMarks.of(row);
        return marks == null || marks.joinedSeq() != member.joinedSeq()
                ? DeviceMarks.joined(member.joinedSeq())
                : marks;
    }

    static byte[] userKey(ConversationId conversation, UserId user) {
        return Keys.of(conversation.value(), user.value());
    }

    static byte[] deviceKey(ConversationId conversation, UserId user, DeviceId device) {
        return Keys.of(conversation.value(), user.value(), device.value());
    }

    static byte[] advanceKey(ConversationId conversation, UserId user, long n) {
        return Keys.join(
                Keys.of(conversation.value(), user.value(), ""), Keys.numbered("", n % ADVANCES));
    }
}
