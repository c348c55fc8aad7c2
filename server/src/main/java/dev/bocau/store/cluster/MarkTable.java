package dev.bocau.store.cluster;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.ReadTime;
import dev.bocau.model.UserId;
import dev.bocau.store.archive.ArchivedMember;
import dev.bocau.store.cluster.Roster.Membership;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// The marks in Cassandra, and the advances of the read ones. A mark that is written late, twice or
/// beside a further one changes nothing: the furthest wins.
final class MarkTable {
    /// Advances that are kept per membership.
    private static final int ADVANCES = 100;

    /// Of so many advances one has a look whether there are too many.
    private static final int TRIMMED_EVERY = 50;

    private static final String SELECT =
            "SELECT kind, user, device, joined_seq, delivered, read FROM mark WHERE conversation = ?";

    private final Cassandra cassandra;
    private final Installation installation;
    private final ReadTime readTime;
    private final RandomGenerator random;
    private final AtomicLong lastUs = new AtomicLong();

    MarkTable(
            Cassandra cassandra,
            Installation installation,
            ReadTime readTime,
            RandomGenerator random) {
        this.cassandra = cassandra;
        this.installation = installation;
        this.readTime = readTime;
        this.random = random;
    }

    // ----------------------------------------------------------------------------------------------------------- reading

    /// The marks of all members and their devices.
    ConversationMarks all(Roster roster) {
        return new ConversationMarks(
                roster.members(),
                cassandra.rows(SELECT, installation.of(roster.conversation().id())));
    }

    /// The marks of all members, without those of their devices.
    ConversationMarks ofUsers(Roster roster) {
        return new ConversationMarks(
                roster.members(),
                cassandra.rows(
                        SELECT + " AND kind = 0", installation.of(roster.conversation().id())));
    }

    /// The marks of one member and its devices.
    ConversationMarks of(ConversationId id, UserId user, Membership membership) {
        return new ConversationMarks(
                Map.of(user, membership),
                cassandra.rows(
                        SELECT + " AND kind IN (0, 1) AND user = ?",
                        installation.of(id),
                        user.value()));
    }

    /// The newest advances, in the order in which they came.
    List<ReadTime.Advance> advances(ConversationId id, UserId user, Membership membership) {
        record Kept(long atUs, ReadTime.Advance advance) {}
        return cassandra
                .rows(
                        "SELECT to_seq, device, from_seq, at_ms, kept_us FROM advance WHERE conversation = ? AND user = ? AND joined_seq = ? LIMIT ?",
                        installation.of(id),
                        user.value(),
                        membership.joinedSeq(),
                        ADVANCES)
                .stream()
                .map(row ->
                        new Kept(
                                row.getLong("kept_us"),
                                new ReadTime.Advance(
                                        new DeviceId(
                                                Objects.requireNonNull(row.getString("device"))),
                                        row.getLong("from_seq"),
                                        row.getLong("to_seq"),
                                        row.getLong("at_ms"))))
                .sorted(Comparator.comparingLong(Kept::atUs))
                .map(Kept::advance)
                .toList();
    }

    // ----------------------------------------------------------------------------------------------------------- writing

    /// A device has got everything up to a mark, and so has its user.
    void deliver(ConversationId id, UserId user, Membership membership, Watermark mark) {
        cassandra.writeTogether(
                List.of(
                        delivered(ConversationMarks.DEVICE, id, user, membership, mark),
                        delivered(ConversationMarks.USER, id, user, membership, mark)));
    }

    /// A device has read everything from one seq on up to a mark, and so has its user, who has it
    /// by then.
    ///
    /// @param delivered when the user has got it, if it has not before
    void read(
            ConversationId id,
            UserId user,
            Membership membership,
            long from,
            Watermark mark,
            Watermark delivered) {
        cassandra.writeAll(
                List.of(
                        advance(
                                id,
                                user,
                                membership,
                                new ReadTime.Advance(mark.by(), from, mark.seq(), mark.atMs()),
                                lastUs.updateAndGet(
                                        last -> Math.max(last + 1, delivered.atMs() * 1_000)))));
        List<BoundStatement> marks = new ArrayList<>();
        marks.add(read(ConversationMarks.DEVICE, id, user, membership, mark));
        marks.add(read(ConversationMarks.USER, id, user, membership, mark));
        marks.add(delivered(ConversationMarks.USER, id, user, membership, delivered));
        cassandra.writeTogether(marks);
        if (random.nextInt(TRIMMED_EVERY) == 0) {
            trim(id, user, membership);
        }
    }

    /// Writes the marks and advances of somebody as an archive has them.
    void restore(ConversationId id, UserId user, Membership membership, ArchivedMember archived) {
        List<BoundStatement> rows = new ArrayList<>();
        rows.add(
                delivered(
                        ConversationMarks.USER, id, user, membership, mark(archived.delivered())));
        rows.add(read(ConversationMarks.USER, id, user, membership, mark(archived.read())));
        archived.devices()
                .forEach((device, its) -> {
                    if (its.delivered().seq() > membership.joinedSeq()) {
                        rows.add(
                                delivered(
                                        ConversationMarks.DEVICE,
                                        id,
                                        user,
                                        membership,
                                        mark(its.delivered())));
                    }
                    if (its.read().seq() > membership.joinedSeq()) {
                        rows.add(
                                read(
                                        ConversationMarks.DEVICE,
                                        id,
                                        user,
                                        membership,
                                        mark(its.read())));
                    }
                });
        cassandra.writeTogether(rows);
        long place = 0;
        List<BoundStatement> advances = new ArrayList<>();
        for (ReadTime.Advance advance : archived.advances()) {
            advances.add(advance(id, user, membership, advance, ++place));
        }
        cassandra.writeAll(advances);
    }

    private static Watermark mark(ArchivedMember.Mark mark) {
        return new Watermark(mark.seq(), mark.atMs(), mark.by());
    }

    private BoundStatement advance(
            ConversationId id,
            UserId user,
            Membership membership,
            ReadTime.Advance advance,
            long keptUs) {
        return cassandra.bound(
                "INSERT INTO advance (conversation, user, joined_seq, to_seq, device, from_seq, at_ms, kept_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                installation.of(id),
                user.value(),
                membership.joinedSeq(),
                advance.toSeq(),
                advance.device().value(),
                advance.fromSeq(),
                advance.atMs(),
                keptUs);
    }

    private BoundStatement delivered(
            int kind, ConversationId id, UserId user, Membership membership, Watermark mark) {
        return cassandra.bound(
                "INSERT INTO mark (conversation, kind, user, device, joined_seq, delivered) VALUES (?, ?, ?, ?, ?, ?) USING TIMESTAMP ?",
                installation.of(id),
                (byte) kind,
                user.value(),
                kind == ConversationMarks.USER ? "" : mark.by().value(),
                membership.joinedSeq(),
                mark.cell(ReadTime.EARLIEST_READ_WINS),
                mark.seq());
    }

    private BoundStatement read(
            int kind, ConversationId id, UserId user, Membership membership, Watermark mark) {
        return cassandra.bound(
                "INSERT INTO mark (conversation, kind, user, device, joined_seq, read) VALUES (?, ?, ?, ?, ?, ?) USING TIMESTAMP ?",
                installation.of(id),
                (byte) kind,
                user.value(),
                kind == ConversationMarks.USER ? "" : mark.by().value(),
                membership.joinedSeq(),
                mark.cell(readTime),
                mark.seq());
    }

    private void trim(ConversationId id, UserId user, Membership membership) {
        List<ReadTime.Advance> kept = advances(id, user, membership);
        if (kept.size() == ADVANCES) {
            long oldest = kept.stream().mapToLong(ReadTime.Advance::toSeq).min().orElseThrow();
            cassandra.write(
                    "DELETE FROM advance WHERE conversation = ? AND user = ? AND joined_seq = ? AND to_seq < ?",
                    installation.of(id),
                    user.value(),
                    membership.joinedSeq(),
                    oldest);
        }
    }
}
