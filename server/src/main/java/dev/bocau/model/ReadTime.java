package dev.bocau.model;

import java.util.List;
import java.util.OptionalLong;

/// Which device's time counts as the time at which its user has read a message, where several
/// devices covered it. The watermark itself only grows.
public enum ReadTime {
    EARLIEST_READ_WINS,
    LAST_WRITER_WINS;

    /// One device's step: it has read the messages past `fromSeq` up to `toSeq`, at `atMs` by its
    /// own account.
    public record Advance(DeviceId device, long fromSeq, long toSeq, long atMs) {
        boolean covers(long seq) {
            return fromSeq < seq && seq <= toSeq;
        }
    }

    /// When the message at `seq` was read, given the advances of one user in one conversation in
    /// order of arrival; empty if none of them covers it.
    public OptionalLong of(long seq, List<Advance> advances) {
        var times = advances.stream().filter(a -> a.covers(seq)).mapToLong(Advance::atMs);
        return times.reduce(this::of);
    }

    /// Which of two times counts, given in order of arrival.
    public long of(long firstMs, long nextMs) {
        return switch (this) {
            case EARLIEST_READ_WINS -> Math.min(firstMs, nextMs);
            case LAST_WRITER_WINS -> nextMs;
        };
    }
}
