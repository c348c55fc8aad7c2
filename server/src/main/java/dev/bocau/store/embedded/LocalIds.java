package dev.bocau.store.embedded;

import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.UserId;
import dev.bocau.store.embedded.Rows.SentRow;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Remembers what was sent under which `localId`, for at least the promised time: a row goes into
/// the period in which it was written, the periods that the promise reaches back to are searched,
/// and older ones are dropped whole. How long a period is does not depend on the promise, which may
/// be changed.
final class LocalIds {
    private static final long PERIOD_MS = Duration.ofDays(30).toMillis();

    private final long periodsBack;

    LocalIds(Duration promised) {
        this.periodsBack = Math.ceilDiv(promised.toMillis(), PERIOD_MS);
    }

    @Nullable SentRow find(MessageSearch.Rowing rows, byte[] name, long nowMs) {
        long now = nowMs / PERIOD_MS;
        for (long period = now; period >= now - periodsBack; period--) {
            byte[] row = rows.get(Table.SENT, inPeriod(period, name));
            if (row != null) {
                return SentRow.of(row);
            }
        }
        return null;
    }

    void remember(Tx tx, byte[] name, SentRow row, long nowMs) {
        tx.put(Table.SENT, inPeriod(nowMs / PERIOD_MS, name), row.row());
    }

    void dropOld(Kv kv, long nowMs) {
        kv.drop(Table.SENT, period(0), period(nowMs / PERIOD_MS - periodsBack));
    }

    static byte[] name(ConversationId conversation, UserId user, DeviceId device, LocalId id) {
        return Keys.of(conversation.value(), user.value(), device.value(), id.value());
    }

    private static byte[] inPeriod(long period, byte[] name) {
        return Keys.join(period(period), name);
    }

    private static byte[] period(long period) {
        return new byte[] {(byte) (period >>> 8), (byte) period};
    }
}
