package dev.bocau.store.cluster;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.bocau.limits.Limits;
import dev.bocau.model.Conversation;
import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.ReadTime;
import dev.bocau.model.UserId;
import dev.bocau.store.archive.ArchiveTarget;
import dev.bocau.store.archive.ArchivedConversation;
import dev.bocau.store.archive.ArchivedMember;
import dev.bocau.store.archive.ArchivedUser;
import dev.bocau.store.archive.Progress;
import dev.bocau.store.archive.Remembered;
import dev.bocau.store.cluster.Cassandra.Decision;
import dev.bocau.store.cluster.Roster.Membership;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/// A cluster's Cassandra before its first server: writes what steps would have decided. All of it
/// has the oldest of all write timestamps where decisions are to come later: whatever is decided
/// then is newer, however the clocks go.
public final class ClusterArchive implements ArchiveTarget {
    private static final long OLDEST = 1;
    private static final String MESSAGE =
            "INSERT INTO conversation (conversation, bucket, kind, seq, name, id, sender, device, local_id, content_kind, content, media, at_ms, message_version, edited_ms, recalled_ms) VALUES (?, ?, 0, ?, '', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?";
    private static final long VERSION = 1;

    private final Cassandra cassandra;
    private final Installation installation;
    private final Rosters rosters;
    private final ConversationTable conversations;
    private final MembershipTable memberships;
    private final MessageReader messages;
    private final MarkTable marks;
    private final ArchivedDevices devices;
    private final int localIdSeconds;

    /// Connects to Cassandra.
    ///
    /// @throws IllegalStateException in words for an operator
    public static ClusterArchive open(Engines engines, Limits limits, ReadTime readTime) {
        return new ClusterArchive(
                new Cassandra(engines), new Installation(engines.installation()), limits, readTime);
    }

    private ClusterArchive(
            Cassandra cassandra, Installation installation, Limits limits, ReadTime readTime) {
        this.cassandra = cassandra;
        this.installation = installation;
        this.rosters = new Rosters(cassandra, limits.members());
        this.localIdSeconds = Tables.localIdSeconds(limits);
        this.conversations =
                new ConversationTable(cassandra, installation, rosters, localIdSeconds);
        this.memberships = new MembershipTable(cassandra, installation);
        this.messages = new MessageReader(cassandra, installation);
        this.marks = new MarkTable(cassandra, installation, readTime, new Random());
        this.devices = new ArchivedDevices(cassandra, installation);
    }

    // ---------------------------------------------------------------------------------------------------------- progress

    /// Whether a migration into this installation was begun and is not finished.
    static boolean isUnderWay(Cassandra cassandra, Installation installation) {
        return cassandra
                .decided(
                        "SELECT finished FROM migration WHERE installation = ?", installation.key())
                .filter(row -> !row.getBoolean("finished"))
                .isPresent();
    }

    @Override
    public Progress begin() {
        Decision decision =
                cassandra.decide(
                        "INSERT INTO migration (installation, finished) VALUES (?, false) IF NOT EXISTS",
                        installation.key());
        Row row =
                cassandra
                        .decided(
                                "SELECT conversation, user, finished FROM migration WHERE installation = ?",
                                installation.key())
                        .orElseThrow();
        boolean used =
                cassandra
                        .decided(
                                "SELECT start FROM history WHERE installation = ?",
                                installation.key())
                        .isPresent();
        if (used && !row.getBoolean("finished")) {
            if (decision == Decision.APPLIED) {
                var _ =
                        cassandra.decide(
                                "DELETE FROM migration WHERE installation = ? IF finished = false",
                                installation.key());
            }
            throw new IllegalStateException(
                    "the cluster has been used by a server before: choose another cluster.keyspace or cluster.name");
        }
        return new Progress(
                Optional.ofNullable(row.getString("conversation")).map(ConversationId::new),
                Optional.ofNullable(row.getString("user")).map(UserId::new),
                row.getBoolean("finished"));
    }

    @Override
    public void reached(Progress progress) {
        cassandra.decide(
                "UPDATE migration SET conversation = ?, user = ? WHERE installation = ? IF finished = false",
                progress.conversation().map(ConversationId::value).orElse(null),
                progress.user().map(UserId::value).orElse(null),
                installation.key());
    }

    @Override
    public void finish() {
        cassandra.decide(
                "UPDATE migration SET finished = true WHERE installation = ? IF EXISTS",
                installation.key());
    }

    // ------------------------------------------------------------------------------------------------------ conversations

    @Override
    public void put(ConversationId id, List<Message> some) {
        cassandra.writeAll(some.stream().map(message -> row(id, message)).toList());
    }

    /// A message that was taken here before, and has been edited or recalled since, is written
    /// over: among the oldest timestamps, that of a higher version is the newer one.
    private BoundStatement row(ConversationId id, Message message) {
        Object[] values = {
            installation.of(id),
            ConversationView.bucketOf(message.seq()),
            message.seq(),
            message.id().uuid(),
            message.sender().value(),
            message.senderDevice().value(),
            message.localId().value(),
            message.kind().name(),
            message.content(),
            ConversationTable.bytes(message.media()),
            message.timestampMs(),
            message.version(),
            message.editedAtMs(),
            message.recalledAtMs(),
            OLDEST + message.version()
        };
        // What a recall has taken is deleted; what never was is left out.
        return message.recalled()
                ? cassandra.bound(MESSAGE, values)
                : cassandra.boundNew(MESSAGE, values);
    }

    /// Beside the message and, for drafts that come again once its bucket is full, by itself.
    @Override
    public void remember(ConversationId id, Collection<Remembered> remembered) {
        List<BoundStatement> rows = new ArrayList<>();
        for (Remembered each : remembered) {
            String name = Sending.name(each.user(), each.device(), each.localId());
            ByteBuffer fingerprint = ByteBuffer.wrap(HexFormat.of().parseHex(each.fingerprint()));
            rows.add(
                    cassandra.bound(
                            "INSERT INTO conversation (conversation, bucket, kind, seq, name, fingerprint, sent_id, sent_seq, sent_ms) VALUES (?, ?, 1, 0, ?, ?, ?, ?, ?) USING TIMESTAMP ? AND TTL ?",
                            installation.of(id),
                            ConversationView.bucketOf(each.seq()),
                            name,
                            fingerprint,
                            each.message().uuid(),
                            each.seq(),
                            each.timestampMs(),
                            OLDEST,
                            localIdSeconds));
            rows.add(
                    cassandra.bound(
                            "INSERT INTO sent (conversation, name, fingerprint, sent_id, sent_seq, sent_ms) VALUES (?, ?, ?, ?, ?, ?) USING TTL ?",
                            installation.of(id),
                            name,
                            fingerprint,
                            each.message().uuid(),
                            each.seq(),
                            each.timestampMs(),
                            localIdSeconds));
        }
        cassandra.writeAll(rows);
    }

    @Override
    public void put(ArchivedConversation archived) {
        ConversationId id = archived.conversation().id();
        Map<UserId, Membership> members = new TreeMap<>(Comparator.comparing(UserId::value));
        archived.members()
                .forEach((user, member) ->
                        members.put(
                                user,
                                new Membership(
                                        member.sinceSeq(),
                                        member.joinedSeq(),
                                        member.joinedAtMs())));
        UUID rosterId =
                UUID.nameUUIDFromBytes(
                        (installation.key() + "/" + id).getBytes(StandardCharsets.UTF_8));
        Roster roster =
                new Roster(rosterId, archived.conversation(), archived.createdAtMs(), members);
        rosters.put(roster);
        archived.members()
                .forEach((user, member) -> {
                    if (member.mutedUntilMs() > 0) {
                        memberships.mute(user, id, member.mutedUntilMs());
                    }
                });
        archived.members()
                .forEach((user, member) ->
                        marks.restore(id, user, Objects.requireNonNull(members.get(user)), member));
        if (archived.conversation().kind() == Conversation.Kind.DIRECT) {
            claim(archived.conversation(), members.keySet());
        }
        ConversationView view = stand(id, archived.head(), roster);
        memberships.write(view, members.keySet(), List.of());
    }

    private void claim(Conversation direct, Set<UserId> members) {
        List<String> pair = members.stream().map(UserId::value).sorted().toList();
        cassandra.write(
                "INSERT INTO pair (one, other, conversation, history, title) VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?",
                installation.of(new UserId(pair.get(0))),
                pair.get(1),
                direct.id().value(),
                direct.history().name(),
                direct.title(),
                OLDEST);
    }

    /// Says in each bucket how the conversation stood at its end.
    private ConversationView stand(ConversationId id, long head, Roster roster) {
        long newest = ConversationView.bucketOf(Math.max(1, head));
        ConversationView view = new ConversationView(id, 0, 0, 0, VERSION, roster);
        for (long bucket = 0; bucket <= newest; bucket++) {
            long last = Math.min(head, (bucket + 1) * ConversationView.BUCKET);
            long lastMs = messages.at(id, last).map(Message::timestampMs).orElse(0L);
            view = new ConversationView(id, bucket, last, lastMs, VERSION, roster);
            cassandra.write(
                    "INSERT INTO conversation (conversation, bucket, head, last_ms, version, roster) VALUES (?, ?, ?, ?, ?, ?) USING TIMESTAMP ?",
                    installation.of(id),
                    bucket,
                    last,
                    lastMs,
                    VERSION,
                    roster.id(),
                    OLDEST);
        }
        if (newest > 0) {
            conversations.newestBucket(id, newest);
        }
        return view;
    }

    @Override
    public Optional<ArchivedConversation> conversation(ConversationId id) {
        return conversations
                .view(id)
                .map(view -> {
                    ConversationMarks all = marks.all(view.roster());
                    Map<UserId, ArchivedMember> members =
                            new TreeMap<>(Comparator.comparing(UserId::value));
                    view.roster()
                            .members()
                            .forEach((user, membership) ->
                                    members.put(user, member(id, user, membership, all)));
                    return new ArchivedConversation(
                            view.roster().conversation(),
                            view.roster().createdAtMs(),
                            view.head(),
                            members);
                });
    }

    private ArchivedMember member(
            ConversationId id, UserId user, Membership membership, ConversationMarks all) {
        Map<DeviceId, ArchivedMember.DeviceMarks> devicesOfUser =
                new TreeMap<>(Comparator.comparing(DeviceId::value));
        all.devices(user)
                .forEach((device, its) ->
                        devicesOfUser.put(
                                device,
                                new ArchivedMember.DeviceMarks(
                                        mark(its.delivered()), mark(its.read()))));
        return new ArchivedMember(
                membership.sinceSeq(),
                membership.joinedSeq(),
                membership.joinedAtMs(),
                memberships.mutedUntilMs(user, id),
                mark(all.of(user).delivered()),
                mark(all.of(user).read()),
                devicesOfUser,
                marks.advances(id, user, membership));
    }

    private static ArchivedMember.Mark mark(Watermark mark) {
        return new ArchivedMember.Mark(mark.seq(), mark.atMs(), mark.by());
    }

    @Override
    public List<Message> messages(ConversationId id, long from, long to) {
        return messages.between(id, from, to);
    }

    @Override
    public Set<Remembered> remembered(ConversationId id) {
        Set<Remembered> remembered = new HashSet<>();
        long newest = conversations.view(id).map(ConversationView::bucket).orElse(-1L);
        for (long bucket = 0; bucket <= newest; bucket++) {
            for (Row row :
                    cassandra.rows(
                            "SELECT name, fingerprint, sent_id, sent_seq, sent_ms FROM conversation WHERE conversation = ? AND bucket = ? AND kind = 1",
                            installation.of(id),
                            bucket)) {
                remembered.add(remembered(row));
            }
        }
        return remembered;
    }

    private static Remembered remembered(Row row) {
        String[] names = Objects.requireNonNull(row.getString("name")).split("/", -1);
        ByteBuffer fingerprint = Objects.requireNonNull(row.getByteBuffer("fingerprint"));
        byte[] bytes = new byte[fingerprint.remaining()];
        fingerprint.get(bytes);
        return new Remembered(
                new UserId(names[0]),
                new DeviceId(names[1]),
                new LocalId(names[2]),
                HexFormat.of().formatHex(bytes),
                new MessageId(Objects.requireNonNull(row.getUuid("sent_id"))),
                row.getLong("sent_seq"),
                row.getLong("sent_ms"));
    }

    // -------------------------------------------------------------------------------------------------------------- users

    @Override
    public void put(ArchivedUser user) {
        devices.put(user, OLDEST);
    }

    @Override
    public ArchivedUser user(UserId id) {
        return devices.of(id);
    }

    @Override
    public void close() {
        cassandra.close();
    }
}
