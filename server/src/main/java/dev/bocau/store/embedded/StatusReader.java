package dev.bocau.store.embedded;

import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Message;
import dev.bocau.model.ReadTime;
import dev.bocau.model.UserId;
import dev.bocau.store.MessageStatus;
import dev.bocau.store.MessageStatus.DeviceStatus;
import dev.bocau.store.MessageStatus.MemberStatus;
import dev.bocau.store.embedded.Rows.MemberRow;
import dev.bocau.store.embedded.Rows.UserMarks;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Answers how far one message has come, from the marks and their advances.
final class StatusReader {
    private final Kv.View view;
    private final Reader reader;
    private final ReadTime readTime;

    StatusReader(Kv.View view, Reader reader, ReadTime readTime) {
        this.view = view;
        this.reader = reader;
        this.readTime = readTime;
    }

    Optional<MessageStatus> status(ConversationId conversation, long seq) {
        return reader.message(conversation, seq).map(this::status);
    }

    private MessageStatus status(Message message) {
        List<MemberStatus> members = new ArrayList<>();
        byte[] under = Keys.under(message.conversation().value());
        view.scan(
                Table.MEMBERS,
                under,
                Keys.end(under),
                (key, value) -> {
                    UserId user = new UserId(Keys.last(key));
                    MemberRow member = MemberRow.of(value);
                    if (!user.equals(message.sender()) && member.sinceSeq() <= message.seq()) {
                        members.add(member(message, user, member));
                    }
                    return true;
                });
        return new MessageStatus(message.id(), message.seq(), message.sender(), members);
    }

    private MemberStatus member(Message message, UserId user, MemberRow member) {
        ConversationId conversation = message.conversation();
        long seq = message.seq();
        UserMarks marks = reader.userMarks(conversation, user);
        List<DeviceStatus> devices = new ArrayList<>();
        for (DeviceId device : reader.devicesWithMarks(conversation, user)) {
            reader.deviceMarks(conversation, user, device, member)
                    .ifPresent(d -> {
                        OptionalLong read = at(seq, d.readSeq(), d.readAtMs());
                        OptionalLong delivered = at(seq, d.deliveredSeq(), d.deliveredAtMs());
                        devices.add(new DeviceStatus(device, delivered, read));
                    });
        }
        return new MemberStatus(
                user,
                at(seq, marks.deliveredSeq(), marks.deliveredAtMs()),
                seq > marks.readSeq() ? OptionalLong.empty() : read(conversation, user, marks, seq),
                devices);
    }

    private OptionalLong read(ConversationId conversation, UserId user, UserMarks marks, long seq) {
        List<ReadTime.Advance> advances = new ArrayList<>();
        for (long n = Math.max(0, marks.advances() - Marks.ADVANCES); n < marks.advances(); n++) {
            byte[] row = view.get(Table.MARKS, Marks.advanceKey(conversation, user, n));
            if (row != null) {
                advances.add(Rows.advance(row));
            }
        }
        OptionalLong exact = readTime.of(seq, advances);
        return exact.isPresent() ? exact : OptionalLong.of(marks.readAtMs());
    }

    private static OptionalLong at(long seq, long markSeq, long markAtMs) {
        return seq <= markSeq ? OptionalLong.of(markAtMs) : OptionalLong.empty();
    }
}
