package dev.bocau.store.embedded;

import dev.bocau.model.Track;
import dev.bocau.model.UserId;

/// The ends of a user's log, one offset per track, and where the committer should next have its
/// length looked at. Includes what the batch under way has appended.
final class OpenLog {
    private static final int TRACKS = Track.values().length;

    private final long[] heads = new long[TRACKS];
    private final long[] checkAt = new long[TRACKS];

    long head(Track track) {
        return heads[track.ordinal()];
    }

    long advance(Track track) {
        return ++heads[track.ordinal()];
    }

    /// Whether so much was appended that the track may have outgrown its retention; true once per
    /// `slack` entries.
    boolean outgrown(Track track, int slack) {
        int t = track.ordinal();
        if (heads[t] < checkAt[t]) {
            return false;
        }
        checkAt[t] = heads[t] + slack;
        return true;
    }

    static OpenLog load(Kv.View view, UserId user, int retainedEntries) {
        OpenLog log = new OpenLog();
        long[] floors = floors(view, user);
        for (Track track : Track.values()) {
            int t = track.ordinal();
            log.heads[t] = floors[t];
            view.scanBack(
                    LogKeys.table(track),
                    LogKeys.from(user, track, floors[t]),
                    LogKeys.end(user, track),
                    (key, value) -> {
                        log.heads[t] = Keys.number(key);
                        return false;
                    });
            log.checkAt[t] = floors[t] + retainedEntries;
        }
        return log;
    }

    static long[] floors(Kv.View view, UserId user) {
        return Rows.numbers(view.get(Table.FLOORS, Keys.of(user.value())), TRACKS);
    }
}
