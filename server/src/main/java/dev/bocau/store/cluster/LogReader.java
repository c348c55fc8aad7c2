package dev.bocau.store.cluster;

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
import dev.bocau.store.cluster.Logs.Extent;
import dev.bocau.store.cluster.Logs.Found;
import dev.bocau.store.cluster.Name.Sort;
import dev.bocau.store.cluster.Roster.Membership;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads users' logs. What an entry stands for is read after the log was: so nothing that was
/// decided before the entry was put is missing in it.
final class LogReader {
    private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);

    /// Of a track, where all that lies past a place is looked at.
    private static final int NAMES_AT_A_TIME = 2_000;

    private static final int LOOKED_AT_FOR_NEWEST = 1_000;

    /// Messages that are at most so far apart are read together.
    private static final int NEAR = 8;

    private final Logs logs;
    private final ConversationTable conversations;
    private final MembershipTable memberships;
    private final Messages messages;
    private final MarkTable marks;
    private final DeviceTable devices;
    private final States states;
    private final Commit history;
    private final Limits limits;
    private final Executor threads;

    LogReader(
            Logs logs,
            Tables tables,
            Messages messages,
            States states,
            Commit history,
            ClusterContext context) {
        this.logs = logs;
        this.conversations = tables.conversations();
        this.memberships = tables.memberships();
        this.messages = messages;
        this.marks = tables.marks();
        this.devices = tables.devices();
        this.states = states;
        this.history = history;
        this.limits = context.limits();
        this.threads = context.threads();
    }

    // ------------------------------------------------------------------------------------------------------------ places

    Cursor head(UserId user) {
        return head(logs.extent(user));
    }

    private Cursor head(Extent extent) {
        return new Cursor(
                history,
                extent.head(Track.CHANGES),
                extent.head(Track.DELIVERED),
                extent.head(Track.READ));
    }

    boolean reaches(UserId user, Cursor cursor) {
        return reaches(logs.extent(user), cursor, Set.of(Track.values()));
    }

    private boolean reaches(Extent extent, Cursor cursor, Set<Track> tracks) {
        return cursor.commit().equals(history)
                && tracks.stream()
                        .allMatch(track ->
                                cursor.offset(track) >= extent.floor(track)
                                        && cursor.offset(track) <= extent.head(track));
    }

    int countPast(UserId user, Cursor from) {
        Map<Track, Long> past = new EnumMap<>(Track.class);
        Arrays.stream(Track.values()).forEach(track -> past.put(track, from.offset(track)));
        return logs.count(user, past);
    }

    // ----------------------------------------------------------------------------------------------------------- reading

    LogRead read(UserId user, Cursor from, Set<Track> tracks, int maxEntries, int maxBytes) {
        Map<Track, Long> past = new EnumMap<>(Track.class);
        tracks.forEach(track -> past.put(track, from.offset(track)));
        // One more than may be taken tells whether there are more.
        Logs.Page page = logs.read(user, past, maxEntries + 1);
        if (!reaches(page.extent(), from, tracks)) {
            return new LogRead.Lost();
        }
        Resolving resolving = new Resolving(user);
        List<Entry> entries = new ArrayList<>();
        Cursor next = from;
        int bytesLeft = maxBytes;
        for (Track track : Track.values()) {
            List<Found> found = tracks.contains(track) ? page.of(track) : List.of();
            List<Found> taken = found.subList(0, Math.min(found.size(), maxEntries + 1));
            resolving.prepare(taken);
            for (int i = 0; i < taken.size(); i++) {
                Entry entry = resolving.entry(taken, i);
                if (entry != null) {
                    bytesLeft -= entry.wireBytes();
                    boolean full =
                            entries.size() == maxEntries || (bytesLeft < 0 && !entries.isEmpty());
                    if (full) {
                        return new LogRead.Page(entries, next, true);
                    }
                    entries.add(entry);
                }
                next = next.with(track, taken.get(i).offset(), history);
            }
            if (found.size() > maxEntries) {
                // Some were passed over, and there may be more behind them.
                return new LogRead.Page(entries, next, true);
            }
        }
        return new LogRead.Page(entries, next, false);
    }

    List<ConversationId> newest(UserId user, int limit) {
        Set<ConversationId> changed = new LinkedHashSet<>();
        for (String text : logs.newest(user, LOOKED_AT_FOR_NEWEST)) {
            Name.of(text).ifPresent(name -> changed.add(name.conversation()));
        }
        Set<ConversationId> own = memberships.among(user, List.copyOf(changed));
        Set<ConversationId> newest = new LinkedHashSet<>();
        changed.stream().filter(own::contains).limit(limit).forEach(newest::add);
        if (newest.size() < limit) {
            // A log that was begun a moment ago knows of nothing.
            for (ConversationId id : memberships.of(user, Optional.empty(), limit)) {
                if (newest.size() < limit) {
                    newest.add(id);
                }
            }
        }
        return List.copyOf(newest);
    }

    // ----------------------------------------------------------------------------------------------- what a device gets past

    List<Mark> passed(UserId user, Optional<Cursor> from, Cursor to) {
        Map<ConversationId, Long> reached = new LinkedHashMap<>();
        if (from.isPresent() && reaches(logs.extent(user), from.get(), Set.of(Track.CHANGES))) {
            for (Found found : changes(user, from.get().changes(), to.changes())) {
                Name.of(found.name())
                        .ifPresent(name ->
                                seq(name)
                                        .ifPresent(seq ->
                                                reached.merge(
                                                        name.conversation(), seq, Math::max)));
            }
        } else {
            logs.reached(user).forEach((id, last) -> reached.put(new ConversationId(id), last));
            for (Found found : changes(user, to.changes(), Long.MAX_VALUE)) {
                Name.of(found.name())
                        .filter(name -> name.sort() == Sort.ADDED)
                        .ifPresent(name ->
                                reached.computeIfPresent(
                                        name.conversation(),
                                        (id, seq) ->
                                                Math.min(seq, Long.parseLong(name.about()) - 1)));
            }
        }
        return reached.entrySet().stream()
                .filter(each -> each.getValue() > 0)
                .map(each -> new Mark(each.getKey(), each.getValue()))
                .toList();
    }

    /// The message up to which an entry brings a conversation.
    private static Optional<Long> seq(Name name) {
        boolean counts =
                switch (name.sort()) {
                    case ADDED -> true;
                    case MEMBERSHIP -> !name.about().equals(Name.LEFT);
                    default -> false;
                };
        return counts ? Optional.of(Long.valueOf(name.about())) : Optional.empty();
    }

    private List<Found> changes(UserId user, long past, long upTo) {
        List<Found> all = new ArrayList<>();
        long from = past;
        while (true) {
            List<Found> some =
                    logs.read(user, Map.of(Track.CHANGES, from), NAMES_AT_A_TIME).of(Track.CHANGES);
            some.stream().filter(found -> found.offset() <= upTo).forEach(all::add);
            if (some.size() < NAMES_AT_A_TIME || some.getLast().offset() >= upTo) {
                return all;
            }
            from = some.getLast().offset();
        }
    }

    // ---------------------------------------------------------------------- what entries stand for

    /// Of one page, for one user.
    private final class Resolving {
        private final UserId user;
        private final Map<ConversationId, Optional<ConversationView>> views = new HashMap<>();
        private final Map<ConversationId, ConversationMarks> ownMarks = new HashMap<>();
        private final Map<ConversationId, ConversationMarks> othersMarks = new HashMap<>();
        private final Map<ConversationId, Map<Long, Message>> sent = new HashMap<>();

        Resolving(UserId user) {
            this.user = user;
        }

        private Optional<ConversationView> view(ConversationId id) {
            return views.computeIfAbsent(id, conversations::view);
        }

        private Optional<Membership> membership(ConversationId id) {
            return view(id).map(view -> view.roster().members().get(user));
        }

        /// Reads how the conversations stand that are named, then the messages, those that lie next
        /// to each other together.
        void prepare(List<Found> found) {
            readViews(found);
            Map<ConversationId, List<Long>> seqs = new LinkedHashMap<>();
            for (Found each : found) {
                Name.of(each.name())
                        .filter(name -> name.sort() == Sort.ADDED || name.sort() == Sort.CHANGED)
                        .filter(this::visible)
                        .ifPresent(name ->
                                seqs.computeIfAbsent(name.conversation(), id -> new ArrayList<>())
                                        .add(Long.valueOf(name.about())));
            }
            List<Range> ranges = new ArrayList<>();
            seqs.forEach((id, all) -> ranges.addAll(ranges(view(id).orElseThrow(), all)));
            AtOnce.ask(threads, ranges, range -> messages.between(range.view, range.from, range.to))
                    .forEach(run ->
                            run.forEach(message ->
                                    sent.computeIfAbsent(
                                                    message.conversation(), id -> new HashMap<>())
                                            .put(message.seq(), message)));
        }

        private void readViews(List<Found> found) {
            Set<ConversationId> unknown = new LinkedHashSet<>();
            for (Found each : found) {
                Name.of(each.name())
                        .map(Name::conversation)
                        .filter(id -> !views.containsKey(id))
                        .ifPresent(unknown::add);
            }
            List<ConversationId> ids = List.copyOf(unknown);
            List<Optional<ConversationView>> read = AtOnce.ask(threads, ids, conversations::view);
            for (int i = 0; i < ids.size(); i++) {
                views.put(ids.get(i), read.get(i));
            }
        }

        private record Range(ConversationView view, long from, long to) {}

        /// Runs of seqs that follow each other closely enough to be read together.
        private static List<Range> ranges(ConversationView view, List<Long> seqs) {
            List<Range> ranges = new ArrayList<>();
            for (long seq : seqs.stream().sorted().toList()) {
                Range last = ranges.isEmpty() ? null : ranges.getLast();
                if (last != null && seq - last.to <= NEAR) {
                    ranges.set(ranges.size() - 1, new Range(view, last.from, seq));
                } else {
                    ranges.add(new Range(view, seq, seq));
                }
            }
            return ranges;
        }

        /// Of messages that were sent before the user has joined, even if it had been a member
        /// then, its devices learn from the entry of the join and from the history: there may be a
        /// hole.
        private boolean visible(Name name) {
            return membership(name.conversation())
                    .filter(member ->
                            switch (name.sort()) {
                                case ADDED -> Long.parseLong(name.about()) > member.joinedSeq();
                                case CHANGED -> Long.parseLong(name.about()) >= member.sinceSeq();
                                default -> true;
                            })
                    .isPresent();
        }

        /// What the entry at a place stands for now; null if it is nothing to this user any more.
        @Nullable Entry entry(List<Found> page, int place) {
            Name name = Name.of(page.get(place).name()).orElse(null);
            if (name == null) {
                return null;
            }
            ConversationId id = name.conversation();
            if (name.sort() == Sort.MEMBERSHIP) {
                return comesAgain(page, place, id)
                        ? null
                        : states.state(user, id, limits.recentBytes())
                                .<Entry>map(Entry.Joined::new)
                                .orElseGet(() -> new Entry.Left(id));
            }
            if (!visible(name)) {
                return null;
            }
            return switch (name.sort()) {
                case ADDED -> message(name).map(Entry.Added::new).orElse(null);
                case CHANGED -> message(name).map(Entry.Changed::new).orElse(null);
                case RESTATED -> states.state(user, id, 0).map(Entry.Restated::new).orElse(null);
                case READ_HERE -> readHere(id, new DeviceId(name.about()));
                case DELIVERED -> received(id, name.about(), Receipt.Status.DELIVERED);
                case READ -> received(id, name.about(), Receipt.Status.READ);
                case MEMBERSHIP -> throw new IllegalStateException("resolved above");
            };
        }

        /// Whether the conversation's whole state comes again on this page, with none of its
        /// messages before that.
        private boolean comesAgain(List<Found> page, int place, ConversationId id) {
            for (int i = place + 1; i < page.size(); i++) {
                Name name = Name.of(page.get(i).name()).orElse(null);
                if (name != null && name.conversation().equals(id)) {
                    if (name.sort() == Sort.MEMBERSHIP) {
                        return true;
                    }
                    if (visible(name)) {
                        return false;
                    }
                }
            }
            return false;
        }

        private Optional<Message> message(Name name) {
            Message message =
                    sent.getOrDefault(name.conversation(), Map.of())
                            .get(Long.valueOf(name.about()));
            if (message == null) {
                LOG.error("{} is in the log of {} and nowhere else", name, user);
            }
            return Optional.ofNullable(message);
        }

        private @Nullable Entry readHere(ConversationId id, DeviceId deviceId) {
            ConversationView view = view(id).orElseThrow();
            Membership member = membership(id).orElseThrow();
            ConversationMarks own = ownMarks.computeIfAbsent(id, it -> marks.of(it, user, member));
            Watermark mark = own.of(user, deviceId).read().upTo(view.head());
            if (mark.seq() <= member.joinedSeq() || mark.seq() < member.sinceSeq()) {
                return null;
            }
            long readSeq = own.of(user).read().upTo(view.head()).seq();
            return new Entry.ReadHere(
                    id,
                    messages.at(view, mark.seq()).orElseThrow().id(),
                    mark.seq(),
                    mark.atMs(),
                    readSeq,
                    states.unread(view, user, readSeq),
                    view.head(),
                    deviceId,
                    devices.device(user, deviceId));
        }

        private @Nullable Entry received(ConversationId id, String about, Receipt.Status status) {
            ConversationView view = view(id).orElseThrow();
            UserId other = new UserId(about);
            if (!view.roster().members().containsKey(other)) {
                return null;
            }
            ConversationMarks all =
                    othersMarks.computeIfAbsent(id, it -> marks.ofUsers(view.roster()));
            Watermark mark =
                    (status == Receipt.Status.DELIVERED
                                    ? all.of(other).delivered()
                                    : all.of(other).read())
                            .upTo(view.head());
            if (mark.seq() == 0) {
                return null;
            }
            return new Entry.Received(
                    new Receipt(
                            id,
                            other,
                            mark.by(),
                            status,
                            mark.seq(),
                            messages.at(view, mark.seq()).orElseThrow().id(),
                            mark.atMs()));
        }
    }
}
