package dev.bocau.store.embedded;

import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Message;
import dev.bocau.model.ReadTime;
import dev.bocau.model.UserId;
import dev.bocau.store.PushMark;
import dev.bocau.store.archive.ArchiveSource;
import dev.bocau.store.archive.ArchivedConversation;
import dev.bocau.store.archive.ArchivedMember;
import dev.bocau.store.archive.ArchivedUser;
import dev.bocau.store.archive.ArchivedUser.ArchivedDevice;
import dev.bocau.store.archive.Remembered;
import dev.bocau.store.embedded.Rows.ConversationRow;
import dev.bocau.store.embedded.Rows.DeviceList;
import dev.bocau.store.embedded.Rows.DeviceMarks;
import dev.bocau.store.embedded.Rows.DeviceRow;
import dev.bocau.store.embedded.Rows.MemberRow;
import dev.bocau.store.embedded.Rows.SentRow;
import dev.bocau.store.embedded.Rows.UserMarks;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a data folder holds that no server uses at the moment.
public final class EmbeddedArchive implements ArchiveSource {
    private static final int CACHE_MIB = 64;
    private static final int PERIOD_BYTES = 2;

    private final Kv kv;
    private final Kv.View view;

    /// Opens a folder.
    ///
    /// @throws IllegalStateException in words for an operator, if there is none, or it cannot be
    ///   used
    public static EmbeddedArchive open(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new IllegalStateException("there is no store in " + folder);
        }
        try {
            return new EmbeddedArchive(new RocksKv(folder, CACHE_MIB));
        } catch (Kv.KvException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private EmbeddedArchive(Kv kv) {
        EmbeddedStore.checkLayout(kv);
        this.kv = kv;
        this.view = kv.view();
    }

    @Override
    public List<ConversationId> conversations(Optional<ConversationId> after, int limit) {
        List<ConversationId> ids = new ArrayList<>();
        view.scan(
                Table.CONVERSATIONS,
                behind(after.map(ConversationId::value)),
                Keys.end(new byte[] {Byte.MAX_VALUE}),
                (key, value) -> {
                    ids.add(new ConversationId(text(key)));
                    return ids.size() < limit;
                });
        return ids;
    }

    private static byte[] behind(Optional<String> id) {
        return id.map(it -> Keys.of(it, "")).orElse(new byte[0]);
    }

    private static String text(byte[] key) {
        return new String(key, StandardCharsets.US_ASCII);
    }

    @Override
    public Optional<ArchivedConversation> conversation(ConversationId id) {
        byte[] row = view.get(Table.CONVERSATIONS, Keys.of(id.value()));
        if (row == null) {
            return Optional.empty();
        }
        ConversationRow kept = ConversationRow.of(id, row);
        Map<UserId, ArchivedMember> members = new TreeMap<>(Comparator.comparing(UserId::value));
        byte[] under = Keys.under(id.value());
        view.scan(
                Table.MEMBERS,
                under,
                Keys.end(under),
                (key, value) -> {
                    UserId user = new UserId(Keys.last(key));
                    members.put(user, member(kept, user, MemberRow.of(value)));
                    return true;
                });
        return Optional.of(
                new ArchivedConversation(
                        kept.conversation(), kept.createdAtMs(), Reader.head(view, id), members));
    }

    private ArchivedMember member(ConversationRow conversation, UserId user, MemberRow member) {
        ConversationId id = conversation.conversation().id();
        byte[] row = view.get(Table.MARKS, Marks.userKey(id, user));
        UserMarks marks = row == null ? UserMarks.joined(member.joinedSeq(), 0) : UserMarks.of(row);
        long joinedAtMs = conversation.createdAtMs();
        if (marks.readBy().value().isEmpty()) {
            joinedAtMs = marks.readAtMs();
        } else if (marks.deliveredBy().value().isEmpty()) {
            joinedAtMs = marks.deliveredAtMs();
        }
        return new ArchivedMember(
                member.sinceSeq(),
                member.joinedSeq(),
                joinedAtMs,
                Rows.numbers(view.get(Table.MUTED, Memberships.mutedKey(user, id)), 1)[0],
                new ArchivedMember.Mark(
                        marks.deliveredSeq(), marks.deliveredAtMs(), marks.deliveredBy()),
                new ArchivedMember.Mark(marks.readSeq(), marks.readAtMs(), marks.readBy()),
                devices(id, user, member, joinedAtMs),
                advances(id, user, marks.advances()));
    }

    private Map<DeviceId, ArchivedMember.DeviceMarks> devices(
            ConversationId id, UserId user, MemberRow member, long joinedAtMs) {
        Map<DeviceId, ArchivedMember.DeviceMarks> devices =
                new TreeMap<>(Comparator.comparing(DeviceId::value));
        byte[] under = Keys.of(id.value(), user.value(), "");
        ArchivedMember.Mark joined =
                new ArchivedMember.Mark(member.joinedSeq(), joinedAtMs, new DeviceId(""));
        view.scan(
                Table.MARKS,
                under,
                Keys.end(under),
                (key, value) -> {
                    boolean isAdvance = key[under.length] == 0;
                    DeviceMarks marks = isAdvance ? null : DeviceMarks.of(value);
                    if (marks != null && marks.joinedSeq() == member.joinedSeq()) {
                        DeviceId device = new DeviceId(Keys.last(key));
                        devices.put(
                                device,
                                new ArchivedMember.DeviceMarks(
                                        mark(
                                                marks.deliveredSeq(),
                                                marks.deliveredAtMs(),
                                                device,
                                                joined),
                                        mark(marks.readSeq(), marks.readAtMs(), device, joined)));
                    }
                    return true;
                });
        return devices;
    }

    private static ArchivedMember.Mark mark(
            long seq, long atMs, DeviceId device, ArchivedMember.Mark joined) {
        return seq == joined.seq() ? joined : new ArchivedMember.Mark(seq, atMs, device);
    }

    private List<ReadTime.Advance> advances(ConversationId id, UserId user, long count) {
        List<ReadTime.Advance> advances = new ArrayList<>();
        for (long n = Math.max(0, count - Marks.ADVANCES); n < count; n++) {
            byte[] row = view.get(Table.MARKS, Marks.advanceKey(id, user, n));
            if (row != null) {
                advances.add(Rows.advance(row));
            }
        }
        return advances;
    }

    @Override
    public List<Message> messages(ConversationId id, long from, long to) {
        List<Message> messages = new ArrayList<>();
        view.scan(
                Table.MESSAGES,
                Keys.numbered(id.value(), from),
                Keys.numbered(id.value(), to + 1),
                (key, value) -> {
                    messages.add(Rows.message(id, Keys.number(key), value));
                    return true;
                });
        return messages;
    }

    @Override
    public Set<Remembered> remembered(ConversationId id) {
        Set<Remembered> remembered = new HashSet<>();
        byte[] period = nextPeriod(new byte[0]);
        while (period != null) {
            byte[] under = Keys.join(period, Keys.under(id.value()));
            view.scan(
                    Table.SENT,
                    under,
                    Keys.end(under),
                    (key, value) -> {
                        remembered.add(remembered(key, SentRow.of(value)));
                        return true;
                    });
            period = nextPeriod(Keys.end(period));
        }
        return remembered;
    }

    /// Of the rows from a key on, the period of the first one; null: there is none.
    private byte @Nullable [] nextPeriod(byte[] from) {
        List<byte[]> found = new ArrayList<>();
        view.scan(
                Table.SENT,
                from,
                Keys.end(new byte[] {Byte.MAX_VALUE}),
                (key, value) -> {
                    found.add(Arrays.copyOf(key, PERIOD_BYTES));
                    return false;
                });
        return found.isEmpty() ? null : found.getFirst();
    }

    private static Remembered remembered(byte[] key, SentRow row) {
        String[] names = text(Arrays.copyOfRange(key, PERIOD_BYTES, key.length)).split("\0", -1);
        return new Remembered(
                new UserId(names[1]),
                new DeviceId(names[2]),
                new LocalId(names[3]),
                HexFormat.of().formatHex(row.fingerprint()),
                row.message(),
                row.seq(),
                row.timestampMs());
    }

    @Override
    public List<UserId> users(Optional<UserId> after, int limit) {
        Set<String> ids = new TreeSet<>();
        for (Table table : List.of(Table.USERS, Table.DEVICES)) {
            Set<String> some = new HashSet<>();
            view.scan(
                    table,
                    after.map(user -> Keys.end(Keys.under(user.value()))).orElse(new byte[0]),
                    Keys.end(new byte[] {Byte.MAX_VALUE}),
                    (key, value) -> {
                        some.add(text(key).split("\0", -1)[0]);
                        return some.size() <= limit;
                    });
            ids.addAll(some);
        }
        return ids.stream().limit(limit).map(UserId::new).toList();
    }

    @Override
    public ArchivedUser user(UserId id) {
        byte[] name = view.get(Table.USERS, Keys.of(id.value()));
        DeviceList list = DeviceList.of(view.get(Table.DEVICES, Keys.of(id.value())));
        List<ArchivedDevice> devices = new ArrayList<>();
        list.ids().stream()
                .sorted(Comparator.comparing(DeviceId::value))
                .forEach(device -> {
                    byte[] row = view.get(Table.DEVICES, Devices.key(id, device));
                    if (row != null) {
                        byte[] mark = view.get(Table.PUSHES, PushTokens.key(id, device));
                        devices.add(
                                device(
                                        DeviceRow.of(device, row),
                                        Optional.ofNullable(mark).map(PushMark::decode)));
                    }
                });
        return new ArchivedUser(
                id,
                Optional.ofNullable(name).map(it -> new String(it, StandardCharsets.UTF_8)),
                list.refusedUpToMs(),
                devices);
    }

    private static ArchivedDevice device(DeviceRow row, Optional<PushMark> pushed) {
        return new ArchivedDevice(
                row.device(),
                row.registered(),
                row.createdAtMs(),
                row.lastActiveAtMs(),
                row.session(),
                row.refusedUpToMs(),
                pushed);
    }

    @Override
    public void close() {
        view.close();
        kv.close();
    }
}
