package dev.bocau.store.cluster;

import dev.bocau.model.DeviceId;
import dev.bocau.model.ReadTime;

/// How far somebody has got or read: everything up to `seq`.
///
/// @param atMs when it got to the message at `seq`
/// @param by the device that did; empty: it joined there
record Watermark(long seq, long atMs, DeviceId by) {
    private static final int HEX = 16;

    static Watermark joined(Roster.Membership membership) {
        return new Watermark(membership.joinedSeq(), membership.joinedAtMs(), new DeviceId(""));
    }

    /// This mark, or what is left of it in a conversation that was seen when it had `head`
    /// messages.
    Watermark upTo(long head) {
        return seq <= head ? this : new Watermark(head, atMs, by);
    }

    /// As Cassandra has it. Of two cells with the same write timestamp, which is the seq, it keeps
    /// the greater one: the order says which that is to be.
    String cell(ReadTime whose) {
        long order =
                switch (whose) {
                    case EARLIEST_READ_WINS -> Long.MAX_VALUE - atMs;
                    case LAST_WRITER_WINS -> atMs;
                };
        return "%016x%016x%016x%s".formatted(seq, order, atMs, by);
    }

    static Watermark of(String cell) {
        return new Watermark(
                number(cell, 0), number(cell, 2), new DeviceId(cell.substring(3 * HEX)));
    }

    private static long number(String cell, int place) {
        return Long.parseLong(cell, HEX * place, HEX * (place + 1), 16);
    }
}
