package dev.bocau.media;

import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.MediaId;
import dev.bocau.model.Refusal;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// How much a user has under way, and has begun today (UTC). Uploads that are begun at the same
/// moment may each be let through as if they were the only one.
final class Quota {
    private static final long DAY_MS = Duration.ofDays(1).toMillis();
    private static final byte[] NOTHING = {};

    private final MediaStorage storage;
    private final Limits limits;

    Quota(MediaStorage storage, Limits limits) {
        this.storage = storage;
        this.limits = limits;
    }

    /// @throws Refused if the user may not begin another upload, with the time when it may
    void check(UserId user, long bytes, long nowMs) throws IOException {
        if (storage.list(Names.open(user), limits.mediaUploads()).size() >= limits.mediaUploads()) {
            throw new Refused(
                    Refusal.retry(
                            Code.RATE_LIMITED,
                            "%d uploads are not finished: finish or delete one"
                                    .formatted(limits.mediaUploads())));
        }
        List<String> today = storage.list(Names.day(user, nowMs), limits.mediaDailyUploads());
        long begunBytes =
                today.stream()
                        .mapToLong(
                                name -> Long.parseLong(name.substring(name.lastIndexOf('.') + 1)))
                        .sum();
        if (today.size() >= limits.mediaDailyUploads()
                || begunBytes + bytes > (long) limits.mediaDailyMiB() << 20) {
            throw new Refused(
                    Refusal.retry(
                            Code.RATE_LIMITED,
                            "more than %d uploads or %d MiB in a day"
                                    .formatted(limits.mediaDailyUploads(), limits.mediaDailyMiB()),
                            DAY_MS - nowMs % DAY_MS));
        }
    }

    void begun(Ticket ticket, MediaId id) throws IOException {
        storage.put(day(ticket, id), NOTHING);
        storage.put(Names.open(ticket.owner()) + id, NOTHING);
    }

    /// Nothing more will come.
    void whole(Ticket ticket, MediaId id) throws IOException {
        storage.delete(Names.open(ticket.owner()) + id);
    }

    /// The day is over.
    void forget(Ticket ticket, MediaId id) throws IOException {
        whole(ticket, id);
        storage.delete(day(ticket, id));
    }

    private static String day(Ticket ticket, MediaId id) {
        return Names.day(ticket.owner(), ticket.begunAtMs()) + id + "." + ticket.bytes();
    }
}
