package dev.bocau.store.cluster;

import dev.bocau.limits.Limits;
import dev.bocau.model.ConversationId;
import dev.bocau.model.ConversationState;
import dev.bocau.model.ConversationState.DeviceMark;
import dev.bocau.model.ConversationState.MemberReceipt;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Member;
import dev.bocau.model.Message;
import dev.bocau.model.ReadTime;
import dev.bocau.model.UserId;
import dev.bocau.store.MessageStatus;
import dev.bocau.store.MessageStatus.DeviceStatus;
import dev.bocau.store.MessageStatus.MemberStatus;
import dev.bocau.store.RegisteredDevice;
import dev.bocau.store.Unread;
import dev.bocau.store.cluster.ConversationMarks.Marks;
import dev.bocau.store.cluster.Roster.Membership;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// Reads what a conversation looks like to one of its members, and how far a message has come.
///
/// The conversation is read first: marks that have moved on since count up to its head.
final class States {
    private static final int MAX_UNREAD = 999;

    /// Somebody may have written a great many messages and read none: older ones do not count.
    private static final long UNREAD_TAIL = 10_000;

    private static final long SENDERS_AT_A_TIME = 1_024;

    /// What a frame needs beside the state, at the most.
    private static final int FRAME_OVERHEAD = 1_024;

    private final ConversationTable conversations;
    private final MembershipTable memberships;
    private final MessageReader senders;
    private final Messages messages;
    private final MarkTable marks;
    private final DeviceTable devices;
    private final Limits limits;
    private final ReadTime readTime;

    States(Tables tables, Messages messages, ClusterContext context) {
        this.conversations = tables.conversations();
        this.memberships = tables.memberships();
        this.senders = tables.messages();
        this.messages = messages;
        this.marks = tables.marks();
        this.devices = tables.devices();
        this.limits = context.limits();
        this.readTime = context.readTime();
    }

    Optional<ConversationState> state(UserId user, ConversationId id, int recentBytes) {
        return conversations.view(id).flatMap(view -> state(user, view, recentBytes));
    }

    private Optional<ConversationState> state(UserId user, ConversationView view, int recentBytes) {
        Membership me = view.roster().members().get(user);
        if (me == null) {
            return Optional.empty();
        }
        ConversationState bare = bare(user, me, view);
        if (recentBytes == 0) {
            return Optional.of(bare);
        }
        int room = limits.frameBytes() - FRAME_OVERHEAD - bare.wireBytes();
        return Optional.of(bare.with(recent(view, me, recentBytes, room)));
    }

    /// A conversation without its recent messages.
    private ConversationState bare(UserId user, Membership me, ConversationView view) {
        Map<UserId, Membership> members = view.roster().members();
        boolean large = members.size() > limits.receiptMembers();
        ConversationMarks own = marks.of(view.id(), user, me);
        long readSeq = own.of(user).read().upTo(view.head()).seq();
        Map<Long, Integer> unread = new HashMap<>();
        return new ConversationState(
                view.roster().conversation(),
                me.sinceSeq(),
                members.size(),
                large ? List.of() : members(members),
                view.head(),
                readSeq,
                unread.computeIfAbsent(readSeq, from -> unread(view, user, from)),
                large ? List.of() : receipts(user, view),
                devices(user, me, view, own, unread),
                List.of(),
                view.roster().createdAtMs(),
                memberships.mutedUntilMs(user, view.id()));
    }

    private static List<Member> members(Map<UserId, Membership> members) {
        List<Member> list = new ArrayList<>();
        members.forEach((user, membership) -> list.add(new Member(user, membership.sinceSeq())));
        return list;
    }

    private List<MemberReceipt> receipts(UserId me, ConversationView view) {
        ConversationMarks all = marks.ofUsers(view.roster());
        List<MemberReceipt> receipts = new ArrayList<>();
        for (UserId user : view.roster().members().keySet()) {
            if (!user.equals(me)) {
                Watermark delivered = all.of(user).delivered().upTo(view.head());
                Watermark read = all.of(user).read().upTo(view.head());
                receipts.add(
                        new MemberReceipt(
                                user, delivered.seq(), delivered.atMs(), read.seq(), read.atMs()));
            }
        }
        return receipts;
    }

    private Map<DeviceId, DeviceMark> devices(
            UserId user,
            Membership me,
            ConversationView view,
            ConversationMarks own,
            Map<Long, Integer> unread) {
        Map<DeviceId, DeviceMark> shown = new TreeMap<>(Comparator.comparing(DeviceId::value));
        if (own.devices(user).isEmpty()) {
            return shown;
        }
        for (RegisteredDevice registered : devices.registered(user)) {
            Device device = registered.device();
            Watermark read = own.of(user, device.id()).read().upTo(view.head());
            if (read.seq() > me.joinedSeq()) {
                shown.put(
                        device.id(),
                        new DeviceMark(
                                read.seq(),
                                read.atMs(),
                                unread.computeIfAbsent(
                                        read.seq(), from -> unread(view, user, from)),
                                device.type(),
                                device.platform()));
            }
        }
        return shown;
    }

    /// The conversations of which a user has not read everything.
    List<Unread> unread(UserId user) {
        List<Unread> all = new ArrayList<>();
        for (ConversationId id : memberships.of(user, Optional.empty(), Integer.MAX_VALUE)) {
            conversations.view(id).flatMap(view -> unread(user, view)).ifPresent(all::add);
        }
        return all;
    }

    private Optional<Unread> unread(UserId user, ConversationView view) {
        Membership me = view.roster().members().get(user);
        if (me == null) {
            return Optional.empty();
        }
        long readSeq = marks.of(view.id(), user, me).of(user).read().upTo(view.head()).seq();
        int count = unread(view, user, readSeq);
        return count == 0
                ? Optional.empty()
                : Optional.of(
                        new Unread(
                                view.id(),
                                readSeq,
                                count,
                                memberships.mutedUntilMs(user, view.id())));
    }

    /// The messages of others past a place.
    int unread(ConversationView view, UserId user, long past) {
        long from = Math.max(past, view.head() - UNREAD_TAIL) + 1;
        int unread = 0;
        while (from <= view.head() && unread < MAX_UNREAD) {
            long to = Math.min(view.head(), from + SENDERS_AT_A_TIME - 1);
            unread +=
                    (int)
                            senders.senders(view.id(), from, to).stream()
                                    .filter(sender -> !sender.equals(user))
                                    .count();
            from = to + 1;
        }
        return Math.min(unread, MAX_UNREAD);
    }

    /// The newest messages, oldest first: as many as `bytes` hold, or at least one if it fits into
    /// `room`.
    private List<Message> recent(ConversationView view, Membership me, int bytes, int room) {
        List<Message> newest =
                messages.newest(view, me.sinceSeq(), view.head(), limits.recentMessages());
        int taken = 0;
        int first = newest.size();
        while (first > 0) {
            taken += newest.get(first - 1).wireBytes();
            boolean fits =
                    taken <= Math.min(bytes, room) || (first == newest.size() && taken <= room);
            if (!fits) {
                break;
            }
            first--;
        }
        return List.copyOf(newest.subList(first, newest.size()));
    }

    // ------------------------------------------------------------------------------------------------------------ status

    Optional<MessageStatus> status(ConversationId id, long seq) {
        return conversations
                .view(id)
                .flatMap(view -> messages.at(view, seq).map(message -> status(view, message)));
    }

    private MessageStatus status(ConversationView view, Message message) {
        ConversationMarks all = marks.all(view.roster());
        List<MemberStatus> members = new ArrayList<>();
        view.roster()
                .members()
                .forEach((user, membership) -> {
                    if (!user.equals(message.sender()) && membership.sinceSeq() <= message.seq()) {
                        members.add(member(message, user, membership, all));
                    }
                });
        return new MessageStatus(message.id(), message.seq(), message.sender(), members);
    }

    private MemberStatus member(
            Message message, UserId user, Membership membership, ConversationMarks all) {
        long seq = message.seq();
        List<DeviceStatus> ofDevices = new ArrayList<>();
        all.devices(user)
                .forEach((device, its) -> {
                    OptionalLong read = at(seq, its.read());
                    OptionalLong delivered = at(seq, its.delivered());
                    ofDevices.add(new DeviceStatus(device, delivered, read));
                });
        Marks its = all.of(user);
        OptionalLong read = at(seq, its.read());
        if (read.isPresent()) {
            OptionalLong exact =
                    readTime.of(seq, marks.advances(message.conversation(), user, membership));
            read = exact.isPresent() ? exact : read;
        }
        return new MemberStatus(user, at(seq, its.delivered()), read, ofDevices);
    }

    private static OptionalLong at(long seq, Watermark mark) {
        return seq <= mark.seq() ? OptionalLong.of(mark.atMs()) : OptionalLong.empty();
    }
}
