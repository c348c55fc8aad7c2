package dev.bocau.store.embedded;

import dev.bocau.limits.Limits;
import dev.bocau.model.Conversation;
import dev.bocau.model.ConversationId;
import dev.bocau.model.ConversationState;
import dev.bocau.model.ConversationState.DeviceMark;
import dev.bocau.model.ConversationState.MemberReceipt;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Member;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.Position;
import dev.bocau.model.UserId;
import dev.bocau.store.PushMark;
import dev.bocau.store.PushTarget;
import dev.bocau.store.RegisteredDevice;
import dev.bocau.store.Standing;
import dev.bocau.store.Unread;
import dev.bocau.store.embedded.Rows.ConversationRow;
import dev.bocau.store.embedded.Rows.CursorRow;
import dev.bocau.store.embedded.Rows.DeviceList;
import dev.bocau.store.embedded.Rows.DeviceMarks;
import dev.bocau.store.embedded.Rows.DeviceRow;
import dev.bocau.store.embedded.Rows.MemberRow;
import dev.bocau.store.embedded.Rows.UserMarks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Reads conversations, messages, marks and devices from one view of the tables.
final class Reader {
    static final int MAX_UNREAD = 999;
    private static final long UNREAD_TAIL = 10_000;

    private final Kv.View view;
    private final Limits limits;

    Reader(Kv.View view, Limits limits) {
        this.view = view;
        this.limits = limits;
    }

    // --------------------------------------------------------------------------------------------------- conversations

    Optional<Conversation> conversation(ConversationId id) {
        return Optional.ofNullable(view.get(Table.CONVERSATIONS, Keys.of(id.value())))
                .map(row -> ConversationRow.of(id, row).conversation());
    }

    Optional<MemberRow> member(ConversationId conversation, UserId user) {
        byte[] key = Keys.of(user.value(), conversation.value());
        return Optional.ofNullable(view.get(Table.MEMBERSHIPS, key)).map(MemberRow::of);
    }

    boolean acquainted(UserId one, UserId other) {
        boolean[] acquainted = {false};
        byte[] under = Keys.under(one.value());
        view.scan(
                Table.MEMBERSHIPS,
                under,
                Keys.end(under),
                (key, value) -> {
                    byte[] others = Keys.of(other.value(), Keys.last(key));
                    acquainted[0] = view.get(Table.MEMBERSHIPS, others) != null;
                    return !acquainted[0];
                });
        return acquainted[0];
    }

    private Map<UserId, MemberRow> members(ConversationId conversation) {
        Map<UserId, MemberRow> members = new LinkedHashMap<>();
        byte[] under = Keys.under(conversation.value());
        view.scan(
                Table.MEMBERS,
                under,
                Keys.end(under),
                (key, value) -> {
                    members.put(new UserId(Keys.last(key)), MemberRow.of(value));
                    return true;
                });
        return members;
    }

    List<ConversationId> conversations(UserId user, Optional<ConversationId> after, int limit) {
        List<ConversationId> ids = new ArrayList<>();
        byte[] under = Keys.under(user.value());
        byte[] from = after.map(id -> Keys.of(user.value(), id.value(), "")).orElse(under);
        view.scan(
                Table.MEMBERSHIPS,
                from,
                Keys.end(under),
                (key, value) -> {
                    ids.add(new ConversationId(Keys.last(key)));
                    return ids.size() < limit;
                });
        return ids;
    }

    Optional<ConversationState> state(UserId user, ConversationId id, int recentBytes) {
        MemberRow me = member(id, user).orElse(null);
        byte[] row = view.get(Table.CONVERSATIONS, Keys.of(id.value()));
        if (me == null || row == null) {
            return Optional.empty();
        }
        ConversationState bare = bare(user, me, ConversationRow.of(id, row));
        if (recentBytes == 0) {
            return Optional.of(bare);
        }
        int room = limits.frameBytes() - 1_024 - bare.wireBytes();
        return Optional.of(bare.with(recent(id, me.sinceSeq(), recentBytes, room)));
    }

    /// A conversation without its recent messages.
    private ConversationState bare(UserId user, MemberRow me, ConversationRow row) {
        ConversationId id = row.conversation().id();
        Map<UserId, MemberRow> members = members(id);
        boolean large = members.size() > limits.receiptMembers();
        long head = head(id);
        UserMarks marks = userMarks(id, user);
        return new ConversationState(
                row.conversation(),
                me.sinceSeq(),
                members.size(),
                large ? List.of() : list(members),
                head,
                marks.readSeq(),
                unread(id, user, marks.readSeq(), head),
                large ? List.of() : receipts(id, user, members),
                deviceMarks(id, user, me, head),
                List.of(),
                row.createdAtMs(),
                mutedUntilMs(user, id));
    }

    private long mutedUntilMs(UserId user, ConversationId id) {
        return Rows.numbers(view.get(Table.MUTED, Memberships.mutedKey(user, id)), 1)[0];
    }

    List<Unread> unread(UserId user) {
        List<Unread> all = new ArrayList<>();
        for (ConversationId id : conversations(user, Optional.empty(), Integer.MAX_VALUE)) {
            long readSeq = userMarks(id, user).readSeq();
            int count = unread(id, user, readSeq, head(id));
            if (count > 0) {
                all.add(new Unread(id, readSeq, count, mutedUntilMs(user, id)));
            }
        }
        return all;
    }

    private static List<Member> list(Map<UserId, MemberRow> members) {
        List<Member> list = new ArrayList<>();
        members.forEach((user, row) -> list.add(new Member(user, row.sinceSeq())));
        return list;
    }

    private List<MemberReceipt> receipts(
            ConversationId id, UserId me, Map<UserId, MemberRow> members) {
        List<MemberReceipt> receipts = new ArrayList<>();
        for (UserId user : members.keySet()) {
            if (!user.equals(me)) {
                UserMarks marks = userMarks(id, user);
                receipts.add(
                        new MemberReceipt(
                                user,
                                marks.deliveredSeq(),
                                marks.deliveredAtMs(),
                                marks.readSeq(),
                                marks.readAtMs()));
            }
        }
        return receipts;
    }

    private Map<DeviceId, DeviceMark> deviceMarks(
            ConversationId id, UserId user, MemberRow member, long head) {
        Map<DeviceId, DeviceMark> devices = new TreeMap<>((a, b) -> a.value().compareTo(b.value()));
        for (RegisteredDevice registered : devices(user)) {
            Device device = registered.device();
            deviceMarks(id, user, device.id(), member)
                    .filter(marks -> marks.readSeq() > member.joinedSeq())
                    .ifPresent(marks ->
                            devices.put(
                                    device.id(),
                                    new DeviceMark(
                                            marks.readSeq(),
                                            marks.readAtMs(),
                                            unread(id, user, marks.readSeq(), head),
                                            device.type(),
                                            device.platform())));
        }
        return devices;
    }

    /// The newest messages, oldest first: as many as `bytes` hold, or at least one if it fits into
    /// `room`.
    private List<Message> recent(ConversationId id, long sinceSeq, int bytes, int room) {
        List<Message> newestFirst = new ArrayList<>();
        int[] taken = {0};
        view.scanBack(
                Table.MESSAGES,
                Keys.numbered(id.value(), sinceSeq),
                Keys.end(Keys.under(id.value())),
                (key, value) -> {
                    Message message = Rows.message(id, Keys.number(key), value);
                    taken[0] += message.wireBytes();
                    boolean fits =
                            taken[0] <= Math.min(bytes, room)
                                    || (newestFirst.isEmpty() && taken[0] <= room);
                    if (fits) {
                        newestFirst.add(message);
                    }
                    return fits && newestFirst.size() < limits.recentMessages();
                });
        return List.copyOf(newestFirst.reversed());
    }

    // -------------------------------------------------------------------------------------------------------- messages

    long head(ConversationId conversation) {
        return head(view, conversation);
    }

    /// The seq of a conversation's newest message.
    static long head(Kv.View view, ConversationId conversation) {
        long[] head = {0};
        byte[] under = Keys.under(conversation.value());
        view.scanBack(
                Table.MESSAGES,
                under,
                Keys.end(under),
                (key, value) -> {
                    head[0] = Keys.number(key);
                    return false;
                });
        return head[0];
    }

    Optional<Message> message(ConversationId conversation, long seq) {
        byte[] key = Keys.numbered(conversation.value(), seq);
        return Optional.ofNullable(view.get(Table.MESSAGES, key))
                .map(row -> Rows.message(conversation, seq, row));
    }

    List<Message> history(ConversationId id, long sinceSeq, long beforeSeq, int limit) {
        List<Message> newestFirst = new ArrayList<>();
        if (beforeSeq > sinceSeq) {
            view.scanBack(
                    Table.MESSAGES,
                    Keys.numbered(id.value(), sinceSeq),
                    Keys.numbered(id.value(), beforeSeq),
                    (key, value) -> {
                        newestFirst.add(Rows.message(id, Keys.number(key), value));
                        return newestFirst.size() < limit;
                    });
        }
        return List.copyOf(newestFirst.reversed());
    }

    /// The message under a `localId`, and not one that was changed under it.
    Optional<Message> sent(
            ConversationId conversation, UserId sender, DeviceId device, LocalId id, long nowMs) {
        byte[] name = LocalIds.name(conversation, sender, device, id);
        LocalIds known = new LocalIds(Duration.ofDays(limits.localIdDays()));
        return Optional.ofNullable(known.find(view::get, name, nowMs))
                .flatMap(row ->
                        history(conversation, row.seq(), row.seq() + 1, 1).stream().findFirst())
                .filter(message -> message.localId().equals(id));
    }

    Optional<Long> seqOf(ConversationId conversation, MessageId id) {
        return MessageSearch.seqOf(conversation, head(conversation), id, view::get);
    }

    /// The messages of others past `fromSeq`, at most {@link #MAX_UNREAD}, and none older than the
    /// tail that is looked at: somebody may have written a great many and read none.
    int unread(ConversationId conversation, UserId user, long fromSeq, long headSeq) {
        if (fromSeq >= headSeq) {
            return 0;
        }
        long from = Math.max(fromSeq, headSeq - UNREAD_TAIL);
        int[] unread = {0};
        view.scan(
                Table.MESSAGES,
                Keys.numbered(conversation.value(), from + 1),
                Keys.numbered(conversation.value(), headSeq + 1),
                (key, value) -> {
                    if (!Rows.messageSender(value).equals(user)) {
                        unread[0]++;
                    }
                    return unread[0] < MAX_UNREAD;
                });
        return unread[0];
    }

    // ----------------------------------------------------------------------------------------------------------- marks

    UserMarks userMarks(ConversationId conversation, UserId user) {
        byte[] row = view.get(Table.MARKS, Marks.userKey(conversation, user));
        return row == null ? UserMarks.joined(0, 0) : UserMarks.of(row);
    }

    Optional<DeviceMarks> deviceMarks(
            ConversationId conversation, UserId user, DeviceId device, MemberRow member) {
        byte[] row = view.get(Table.MARKS, Marks.deviceKey(conversation, user, device));
        return Optional.ofNullable(row)
                .map(DeviceMarks::of)
                .filter(marks -> marks.joinedSeq() == member.joinedSeq());
    }

    // --------------------------------------------------------------------------------------------------------- devices

    List<RegisteredDevice> devices(UserId user) {
        List<RegisteredDevice> devices = new ArrayList<>();
        for (DeviceId id : list(user).ids()) {
            deviceRow(user, id)
                    .filter(DeviceRow::registered)
                    .ifPresent(row -> devices.add(row.registeredDevice()));
        }
        return devices;
    }

    List<PushTarget> pushTargets(UserId user) {
        return list(user).ids().stream().flatMap(id -> pushTarget(user, id).stream()).toList();
    }

    Optional<PushTarget> pushTarget(UserId user, DeviceId id) {
        byte[] mark = view.get(Table.PUSHES, PushTokens.key(user, id));
        if (mark == null) {
            return Optional.empty();
        }
        Optional<Position> acknowledged =
                Optional.ofNullable(view.get(Table.CURSORS, Devices.key(user, id)))
                        .flatMap(cursor -> CursorRow.of(cursor).position());
        return deviceRow(user, id)
                .filter(DeviceRow::registered)
                .map(row -> new PushTarget(row.device(), acknowledged, PushMark.decode(mark)));
    }

    List<UserId> pushUsers(int slice, Optional<UserId> after, int limit) {
        Set<UserId> users = new LinkedHashSet<>();
        byte[] under = PushTokens.slice(slice);
        byte[] from =
                after.map(user -> Keys.join(under, Keys.end(Keys.under(user.value()))))
                        .orElse(under);
        view.scan(
                Table.PUSHES,
                from,
                Keys.end(under),
                (key, mark) -> {
                    users.add(new UserId(Keys.first(key).substring(1)));
                    return users.size() < limit;
                });
        return List.copyOf(users);
    }

    private DeviceList list(UserId user) {
        return DeviceList.of(view.get(Table.DEVICES, Keys.of(user.value())));
    }

    Standing standing(UserId user, DeviceId id) {
        return deviceRow(user, id)
                .map(row -> new Standing(row.registered(), row.session(), row.refusedUpToMs()))
                .orElseGet(() -> new Standing(false, 0, list(user).refusedUpToMs()));
    }

    /// What is known of a device, also after it was signed out.
    Optional<Device> device(UserId user, DeviceId id) {
        return deviceRow(user, id).map(DeviceRow::device);
    }

    private Optional<DeviceRow> deviceRow(UserId user, DeviceId id) {
        return Optional.ofNullable(view.get(Table.DEVICES, Devices.key(user, id)))
                .map(row -> DeviceRow.of(id, row));
    }

    List<DeviceId> devicesWithMarks(ConversationId conversation, UserId user) {
        List<DeviceId> devices = new ArrayList<>();
        byte[] under = Keys.of(conversation.value(), user.value(), "");
        view.scan(
                Table.MARKS,
                Keys.join(under, new byte[] {1}),
                Keys.end(under),
                (key, value) -> {
                    devices.add(new DeviceId(Keys.last(key)));
                    return true;
                });
        return devices;
    }

    MessageId messageId(ConversationId conversation, long seq) {
        byte[] key = Keys.numbered(conversation.value(), seq);
        return Rows.messageId(Objects.requireNonNull(view.get(Table.MESSAGES, key)));
    }
}
