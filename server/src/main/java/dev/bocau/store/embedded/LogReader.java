package dev.bocau.store.embedded;

import dev.bocau.limits.Limits;
import dev.bocau.model.Commit;
import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Entry;
import dev.bocau.model.Mark;
import dev.bocau.model.Message;
import dev.bocau.model.Position.Cursor;
import dev.bocau.model.Receipt;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import dev.bocau.store.LogRead;
import dev.bocau.store.embedded.Rows.DeviceMarks;
import dev.bocau.store.embedded.Rows.EntryRow;
import dev.bocau.store.embedded.Rows.EntryRow.Sort;
import dev.bocau.store.embedded.Rows.MemberRow;
import dev.bocau.store.embedded.Rows.UserMarks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads one user's log from one view of the tables: floor, entries and what they stand for are of
/// the same moment.
final class LogReader {
    /// Read together with their messages: some pages are full of bytes long before they are full of
    /// entries.
    private static final int ROWS_AT_ONCE = 128;

    private final Kv.View view;
    private final Reader reader;
    private final Limits limits;
    private final Starts starts;
    private final UserId user;
    private final long newestCommit;
    private final Map<ConversationId, Optional<MemberRow>> memberships = new HashMap<>();

    LogReader(Kv.View view, Limits limits, Starts starts, UserId user) {
        this.view = view;
        this.reader = new Reader(view, limits);
        this.limits = limits;
        this.starts = starts;
        this.user = user;
        this.newestCommit = Rows.numbers(view.get(Table.META, Committer.COMMIT_KEY), 1)[0];
    }

    Cursor head() {
        OpenLog log = OpenLog.load(view, user, limits.logEntries());
        return new Cursor(
                commit(), log.head(Track.CHANGES), log.head(Track.DELIVERED), log.head(Track.READ));
    }

    private Commit commit() {
        return new Commit(starts.current(), newestCommit);
    }

    /// Whether this log reaches back to that cursor.
    boolean reaches(Cursor cursor, Set<Track> tracks) {
        long[] floors = OpenLog.floors(view, user);
        return starts.made(cursor.commit(), newestCommit)
                && tracks.stream().allMatch(t -> cursor.offset(t) >= floors[t.ordinal()]);
    }

    LogRead read(Cursor from, Set<Track> tracks, int maxEntries, int maxBytes) {
        if (!reaches(from, tracks)) {
            return new LogRead.Lost();
        }
        PageBeingRead page = new PageBeingRead(from, maxEntries, maxBytes);
        for (Track track : Track.values()) {
            if (tracks.contains(track) && !page.takesAllOf(track)) {
                return new LogRead.Page(page.entries, page.next, true);
            }
        }
        return new LogRead.Page(page.entries, page.next, false);
    }

    private final class PageBeingRead {
        final List<Entry> entries = new ArrayList<>();
        Cursor next;
        private final int maxEntries;
        private int bytesLeft;

        PageBeingRead(Cursor from, int maxEntries, int maxBytes) {
            this.next = from;
            this.maxEntries = maxEntries;
            this.bytesLeft = maxBytes;
        }

        /// Reads a track to its end, or as far as there is room. Of rows that stand for nothing any
        /// more it passes over no more than it could have taken.
        boolean takesAllOf(Track track) {
            // One more than may be taken tells whether there are more.
            int rowsLeft = maxEntries - entries.size() + 1;
            boolean atEnd = false;
            while (!atEnd && rowsLeft > 0) {
                int limit = Math.min(rowsLeft, ROWS_AT_ONCE);
                List<Row> rows = rows(track, next.offset(track), limit);
                rowsLeft -= rows.size();
                atEnd = rows.size() < limit;
                if (!takes(track, rows)) {
                    return false;
                }
            }
            return atEnd;
        }

        private boolean takes(Track track, List<Row> rows) {
            Map<Long, @Nullable Message> messages = messages(rows);
            for (Row row : rows) {
                Entry entry = resolve(row, messages);
                if (entry != null) {
                    bytesLeft -= entry.wireBytes();
                    if (entries.size() == maxEntries || (bytesLeft < 0 && !entries.isEmpty())) {
                        return false;
                    }
                    entries.add(entry);
                }
                next = next.with(track, row.offset, commit());
            }
            return true;
        }
    }

    int countPast(Cursor from) {
        int[] count = {0};
        for (Track track : Track.values()) {
            scan(
                    track,
                    from.offset(track),
                    row -> {
                        count[0]++;
                        return true;
                    });
        }
        return count[0];
    }

    List<Mark> passed(Optional<Cursor> from, Cursor to) {
        if (from.isPresent() && reaches(from.get(), Set.of(Track.CHANGES))) {
            return between(from.get().changes(), to.changes());
        }
        return reachedAt(to.changes());
    }

    private List<Mark> between(long from, long to) {
        Map<ConversationId, Long> newest = new LinkedHashMap<>();
        scan(
                Track.CHANGES,
                from,
                row -> {
                    if (row.offset <= to && row.entry.sort() == Sort.ADDED && visible(row.entry)) {
                        newest.put(row.entry.conversation(), row.entry.seq());
                    }
                    return row.offset < to;
                });
        return marks(newest);
    }

    /// What a device has that stands at an offset: every conversation up to its head, but for what
    /// lies past the offset.
    private List<Mark> reachedAt(long offset) {
        Map<ConversationId, Long> reached = new LinkedHashMap<>();
        for (ConversationId id : reader.conversations(user, Optional.empty(), Integer.MAX_VALUE)) {
            reached.put(id, reader.head(id));
        }
        scan(
                Track.CHANGES,
                offset,
                row -> {
                    if (row.entry.sort() == Sort.ADDED) {
                        reached.computeIfPresent(
                                row.entry.conversation(),
                                (id, seq) -> Math.min(seq, row.entry.seq() - 1));
                    }
                    return true;
                });
        return marks(reached);
    }

    private static List<Mark> marks(Map<ConversationId, Long> seqs) {
        return seqs.entrySet().stream()
                .map(entry -> new Mark(entry.getKey(), entry.getValue()))
                .toList();
    }

    List<ConversationId> newest(int limit, int entriesLookedAt) {
        Set<ConversationId> newest = new LinkedHashSet<>();
        int[] left = {entriesLookedAt};
        view.scanBack(
                Table.LOG,
                LogKeys.from(user, Track.CHANGES, 0),
                LogKeys.end(user, Track.CHANGES),
                (key, value) -> {
                    ConversationId id = EntryRow.of(value).conversation();
                    if (membership(id).isPresent()) {
                        newest.add(id);
                    }
                    return newest.size() < limit && --left[0] > 0;
                });
        return List.copyOf(newest);
    }

    // ------------------------------------------------------------------------------------------------------------ rows

    private record Row(long offset, EntryRow entry) {}

    private interface RowVisitor {
        boolean visit(Row row);
    }

    private void scan(Track track, long past, RowVisitor visitor) {
        view.scan(
                LogKeys.table(track),
                LogKeys.from(user, track, past),
                LogKeys.end(user, track),
                (key, value) -> visitor.visit(new Row(Keys.number(key), EntryRow.of(value))));
    }

    private List<Row> rows(Track track, long past, int limit) {
        List<Row> rows = new ArrayList<>();
        scan(
                track,
                past,
                row -> {
                    rows.add(row);
                    return rows.size() < limit;
                });
        return rows;
    }

    private Optional<MemberRow> membership(ConversationId id) {
        return memberships.computeIfAbsent(id, it -> reader.member(it, user));
    }

    /// Of messages that were sent before the user has joined, even if it had been a member then,
    /// its devices learn from the entry of the join and from the history: there may be a hole.
    private boolean visible(EntryRow entry) {
        return membership(entry.conversation())
                .filter(member ->
                        entry.sort() == Sort.ADDED
                                ? entry.seq() > member.joinedSeq()
                                : entry.seq() == 0 || entry.seq() >= member.sinceSeq())
                .isPresent();
    }

    /// The messages that the rows name, by offset.
    private Map<Long, @Nullable Message> messages(List<Row> rows) {
        List<Row> naming = rows.stream().filter(row -> row.entry.seq() > 0).toList();
        List<byte[]> keys =
                naming.stream()
                        .map(row ->
                                Keys.numbered(row.entry.conversation().value(), row.entry.seq()))
                        .toList();
        Map<Long, @Nullable Message> messages = new HashMap<>();
        List<byte @Nullable []> values =
                keys.isEmpty() ? List.of() : view.getAll(Table.MESSAGES, keys);
        for (int i = 0; i < naming.size(); i++) {
            EntryRow entry = naming.get(i).entry;
            byte[] value = Objects.requireNonNull(values.get(i), "an entry without its message");
            messages.put(
                    naming.get(i).offset, Rows.message(entry.conversation(), entry.seq(), value));
        }
        return messages;
    }

    /// What an entry stands for now; null if it is nothing to this user any more.
    private @Nullable Entry resolve(Row row, Map<Long, @Nullable Message> messages) {
        EntryRow entry = row.entry;
        ConversationId id = entry.conversation();
        if (entry.sort() == Sort.MEMBERSHIP) {
            return reader.state(user, id, limits.recentBytes())
                    .<Entry>map(Entry.Joined::new)
                    .orElseGet(() -> new Entry.Left(id));
        }
        if (!visible(entry)) {
            return null;
        }
        return switch (entry.sort()) {
            case ADDED -> new Entry.Added(Objects.requireNonNull(messages.get(row.offset)));
            case CHANGED -> new Entry.Changed(Objects.requireNonNull(messages.get(row.offset)));
            case RESTATED -> reader.state(user, id, 0).map(Entry.Restated::new).orElse(null);
            case READ_HERE -> readHere(id, new DeviceId(entry.who()));
            case DELIVERED -> received(id, new UserId(entry.who()), Receipt.Status.DELIVERED);
            case READ -> received(id, new UserId(entry.who()), Receipt.Status.READ);
            case MEMBERSHIP -> throw new IllegalStateException("resolved above");
        };
    }

    private @Nullable Entry readHere(ConversationId id, DeviceId deviceId) {
        MemberRow member = membership(id).orElseThrow();
        DeviceMarks marks = reader.deviceMarks(id, user, deviceId, member).orElse(null);
        if (marks == null || marks.readSeq() < member.sinceSeq()) {
            return null;
        }
        long head = reader.head(id);
        long readSeq = reader.userMarks(id, user).readSeq();
        return new Entry.ReadHere(
                id,
                reader.messageId(id, marks.readSeq()),
                marks.readSeq(),
                marks.readAtMs(),
                readSeq,
                reader.unread(id, user, readSeq, head),
                head,
                deviceId,
                reader.device(user, deviceId));
    }

    private @Nullable Entry received(ConversationId id, UserId other, Receipt.Status status) {
        byte[] row = view.get(Table.MARKS, Marks.userKey(id, other));
        if (row == null) {
            return null;
        }
        UserMarks marks = UserMarks.of(row);
        boolean delivered = status == Receipt.Status.DELIVERED;
        long seq = delivered ? marks.deliveredSeq() : marks.readSeq();
        if (seq == 0) {
            return null;
        }
        return new Entry.Received(
                new Receipt(
                        id,
                        other,
                        delivered ? marks.deliveredBy() : marks.readBy(),
                        status,
                        seq,
                        reader.messageId(id, seq),
                        delivered ? marks.deliveredAtMs() : marks.readAtMs()));
    }
}
