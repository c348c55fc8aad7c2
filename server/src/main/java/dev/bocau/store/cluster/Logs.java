package dev.bocau.store.cluster;

import dev.bocau.limits.Limits;
import dev.bocau.model.Refused;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import dev.bocau.redis.Library;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The users' logs, in Redis.
///
/// **A log may be lost at any time, and is never trusted when it may be.** It belongs to one
/// history of one Redis process: as soon as that process starts anew, or another takes its place,
/// the log is void, whether or not anything was lost with it, and is begun under a new generation.
/// Offsets of a generation lie above all those of the ones before, so a device that stands at one
/// of these is below the floor and gets a snapshot.
///
/// **What is put comes once and in order**, however often and late it is asked for: for each
/// conversation the log knows the last message that it has (`Append.Added` is skipped up to there,
/// and refused where it would leave a gap), and everything else replaces what stood under its name.
final class Logs {
    private static final int ATTEMPTS = 5;

    /// So many messages that a log has missed are put into it one by one; more of them as the
    /// conversation's whole state.
    private static final long GAP = 256;

    private final Functions functions;
    private final Generations generations;
    private final Installation installation;
    private final Limits limits;
    private final InstantSource clock;

    /// Where a log begins and ends, by track.
    record Extent(long[] heads, long[] floors) {
        long head(Track track) {
            return heads[track.ordinal()];
        }

        long floor(Track track) {
            return floors[track.ordinal()];
        }
    }

    /// An entry at its place.
    record Found(long offset, String name) {}

    /// What was read of a log at one moment.
    record Page(Extent extent, List<List<Found>> byTrack) {
        List<Found> of(Track track) {
            return byTrack.get(track.ordinal());
        }
    }

    /// What became of an append.
    ///
    /// @param before the head in front of it
    /// @param last the head behind it; the same: it was known
    /// @param refreshed whether the whole state of the conversation took the place of its messages
    record Put(long before, long last, boolean refreshed) {}

    Logs(
            Functions functions,
            Generations generations,
            Installation installation,
            Limits limits,
            InstantSource clock) {
        this.functions = functions;
        this.generations = generations;
        this.installation = installation;
        this.limits = limits;
        this.clock = clock;
    }

    // ----------------------------------------------------------------------------------------------------------- reading

    Extent extent(UserId user) {
        return extent(Library.list(ask(user, "heads", List.of()).get(1)));
    }

    private static Extent extent(List<Object> numbers) {
        long[] all = numbers.stream().mapToLong(Library::number).toArray();
        int tracks = Track.values().length;
        return new Extent(Arrays.copyOf(all, tracks), Arrays.copyOfRange(all, tracks, 2 * tracks));
    }

    /// The entries past these offsets, of these tracks, so many of each at the most.
    Page read(UserId user, Map<Track, Long> past, int limit) {
        List<String> arguments = new ArrayList<>();
        for (Track track : Track.values()) {
            Long from = past.get(track);
            arguments.add(from == null ? "-" : Long.toString(from));
        }
        arguments.add(Integer.toString(limit));
        List<Object> answer = ask(user, "read", arguments);
        List<List<Found>> byTrack =
                Library.list(answer.get(2)).stream()
                        .map(track -> found(Library.list(track)))
                        .toList();
        return new Page(extent(Library.list(answer.get(1))), byTrack);
    }

    private static List<Found> found(List<Object> namesAndOffsets) {
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < namesAndOffsets.size(); i += 2) {
            found.add(
                    new Found(
                            Library.number(namesAndOffsets.get(i + 1)),
                            Library.text(namesAndOffsets.get(i))));
        }
        return found;
    }

    /// How many entries lie past these offsets, all tracks.
    int count(UserId user, Map<Track, Long> past) {
        List<String> arguments = new ArrayList<>();
        for (Track track : Track.values()) {
            arguments.add(Long.toString(Objects.requireNonNull(past.get(track))));
        }
        return (int) Library.number(ask(user, "count", arguments).get(1));
    }

    /// The newest names among the changes, newest first.
    List<String> newest(UserId user, int limit) {
        List<Object> answer = ask(user, "newest", List.of(Integer.toString(limit)));
        return Library.list(answer.get(1)).stream().map(Library::text).toList();
    }

    /// The last message of each conversation that this log has, or has had.
    Map<String, Long> reached(UserId user) {
        List<Object> answer = Library.list(ask(user, "reached", List.of()).get(1));
        Map<String, Long> reached = new LinkedHashMap<>();
        for (int i = 0; i < answer.size(); i += 2) {
            String joinedAndLast = Library.text(answer.get(i + 1));
            long last = Long.parseLong(joinedAndLast.substring(joinedAndLast.indexOf(':') + 1));
            reached.put(Library.text(answer.get(i)), last);
        }
        return reached;
    }

    // ---------------------------------------------------------------------------------------------------------- appending

    /// Puts something at the end of a log, and what the log was found to lack in front of it.
    ///
    /// @throws Refused if it may not have been put: then it is to be put again
    Put append(UserId user, Append wanted) {
        Append next = wanted;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<Object> answer =
                    Library.list(
                            Library.list(ask(user, "append", arguments(next)).get(1)).getFirst());
            switch (Library.text(answer.getFirst())) {
                case "PUT" -> {
                    return new Put(
                            Library.number(answer.get(1)),
                            Library.number(answer.get(2)),
                            next instanceof Append.Joined);
                }
                case "REFRESHED" -> {
                    return new Put(
                            Library.number(answer.get(1)), Library.number(answer.get(2)), true);
                }
                case "KNOWN" -> {
                    long head = Library.number(answer.get(1));
                    return new Put(head, head, false);
                }
                case "GAP" -> next = filling((Append.Added) wanted, Library.number(answer.get(1)));
                default -> throw new IllegalStateException("logs.lua said " + answer);
            }
        }
        throw Functions.unavailable();
    }

    private static Append filling(Append.Added added, long last) {
        return added.from() - last > GAP
                ? new Append.Joined(added.conversation(), added.joined(), added.to())
                : new Append.Added(added.conversation(), added.joined(), last + 1, added.to());
    }

    private List<String> arguments(Append append) {
        List<String> arguments = new ArrayList<>();
        arguments.add(Long.toString(Duration.ofMillis(clock.millis()).toDays()));
        arguments.add(Integer.toString(limits.logDays()));
        arguments.add(Integer.toString(limits.logEntries()));
        switch (append) {
            case Append.Added(var conversation, long joined, long from, long to) ->
                    add(arguments, "ADDED", conversation, joined, from, to);
            case Append.Changed(Name name) ->
                    // A track's key is the one behind the hash of the log.
                    add(arguments, "CHANGED", name.sort().track().ordinal() + 2, name);
            case Append.Joined(var conversation, long joined, long last) ->
                    add(arguments, "JOINED", conversation, joined, last);
            case Append.Left(var conversation) -> add(arguments, "LEFT", conversation);
        }
        return arguments;
    }

    private static void add(List<String> arguments, String operation, Object... operands) {
        arguments.add(operation);
        arguments.add(Integer.toString(operands.length));
        for (Object operand : operands) {
            arguments.add(operand.toString());
        }
    }

    // ------------------------------------------------------------------------------------------------------------ asking

    /// Calls a function on a user's log, which is begun if it has to be.
    ///
    /// @return `OK`, and what the function returns
    private List<Object> ask(UserId user, String function, List<String> arguments) {
        List<String> keys = keys(user);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<Object> answer = call(function, keys, arguments);
            if (Library.text(answer.getFirst()).equals("OK")) {
                return answer;
            }
            String history = Library.text(answer.get(1));
            long generation = generations.next(user, Library.number(answer.get(2)));
            begin(user, history, generation);
        }
        throw Functions.unavailable();
    }

    /// Begins a log under a generation that was handed out for it, if it is still void and belongs
    /// to the history that was seen then.
    void begin(UserId user, String history, long generation) {
        call("begin", keys(user), List.of(history, Long.toString(generation)));
    }

    private List<Object> call(String function, List<String> keys, List<String> arguments) {
        return functions.call("log_" + function, keys, arguments.toArray());
    }

    /// In the order in which `logs.lua` counts them; in one slot.
    private List<String> keys(UserId user) {
        String log = "offline_queue:{" + installation.of(user) + "}";
        return List.of(log, log + ":changes", log + ":delivered", log + ":read", log + ":seqs");
    }
}
