package dev.bocau.store.embedded;

import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import dev.bocau.store.embedded.Rows.EntryRow;

/// Where the entries of a user's log lie, and under what name they are superseded.
final class LogKeys {
    private LogKeys() {}

    static Table table(Track track) {
        return track == Track.CHANGES ? Table.LOG : Table.RECEIPTS;
    }

    static Track track(EntryRow.Sort sort) {
        return switch (sort) {
            case ADDED, CHANGED, MEMBERSHIP, RESTATED, READ_HERE -> Track.CHANGES;
            case DELIVERED -> Track.DELIVERED;
            case READ -> Track.READ;
        };
    }

    static byte[] entry(UserId user, Track track, long offset) {
        return track == Track.CHANGES
                ? Keys.numbered(user.value(), offset)
                : Keys.numbered(user.value(), (byte) track.ordinal(), offset);
    }

    /// The first key past an offset.
    static byte[] from(UserId user, Track track, long offset) {
        return entry(user, track, offset + 1);
    }

    /// The first key behind a track.
    static byte[] end(UserId user, Track track) {
        byte[] owner = Keys.under(user.value());
        return Keys.end(
                track == Track.CHANGES
                        ? owner
                        : Keys.join(owner, new byte[] {(byte) track.ordinal()}));
    }

    /// Names what an entry is about: of the entries of one name only the last one stands.
    static byte[] standing(UserId user, EntryRow entry) {
        String sort = entry.sort().name();
        return Keys.of(
                user.value(),
                sort,
                entry.conversation().value(),
                entry.seq() == 0 ? entry.who() : Long.toString(entry.seq()));
    }
}
