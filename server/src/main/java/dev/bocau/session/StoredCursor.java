package dev.bocau.session;

import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Mark;
import dev.bocau.model.Position;
import dev.bocau.model.UserId;
import dev.bocau.store.Acknowledgement;
import dev.bocau.store.Outcome;
import dev.bocau.store.Outcome.Kept;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes down what a device has acknowledged, its cursor and what was delivered to it: at once
/// when nothing was written for a while, and otherwise after that while. Senders are told of
/// deliveries once a second at the most, so nobody waits for it.
///
/// One step is under way at a time; what comes meanwhile gathers for the next one. A step carries
/// all marks that are not kept yet, so no cursor is ever kept ahead of the marks that belong to it:
/// what is lost with the process, or with a session that ends while the store keeps nothing, the
/// device makes good by presenting its position when it next connects.
final class StoredCursor {
    private static final Logger LOG = LoggerFactory.getLogger(StoredCursor.class);

    private static final int AFTER_FAILURE_MS = 1_000;

    private final SessionContext context;
    private final UserId user;
    private final DeviceId device;
    private final long session;
    private @Nullable Map<ConversationId, Mark> unkept;
    private @Nullable Position unstored;
    private long restsUntilMs;
    private boolean writing;
    private boolean timing;
    private boolean ended;

    StoredCursor(SessionContext context, UserId user, DeviceId device, long session) {
        this.context = context;
        this.user = user;
        this.device = device;
        this.session = session;
    }

    /// The device stands at a position, and has got these messages by what took it there.
    synchronized void moved(Position position, List<Mark> delivered) {
        unstored = position;
        keep(delivered);
        if (context.timer().nowMs() >= restsUntilMs) {
            write();
        } else {
            startTimer(context.limits().cursorStoreMs());
        }
    }

    /// The session has ended: writes down what was not yet.
    synchronized void end() {
        ended = true;
        write();
    }

    private void keep(Collection<Mark> delivered) {
        if (delivered.isEmpty()) {
            return;
        }
        Map<ConversationId, Mark> marks = unkept == null ? new HashMap<>(4) : unkept;
        delivered.forEach(mark -> marks.merge(mark.conversation(), mark, Mark::further));
        unkept = marks;
    }

    private void startTimer(int delayMs) {
        if (!timing && !ended) {
            timing = true;
            context.timer().after(Duration.ofMillis(delayMs), this::fired);
        }
    }

    private synchronized void fired() {
        timing = false;
        write();
    }

    private void write() {
        if (writing || (unstored == null && unkept == null)) {
            return;
        }
        Optional<Position> cursor = Optional.ofNullable(unstored);
        List<Mark> marks = unkept == null ? List.of() : List.copyOf(unkept.values());
        unstored = null;
        unkept = null;
        restsUntilMs = context.timer().nowMs() + context.limits().cursorStoreMs();
        writing = true;
        var _ =
                context.log()
                        .acknowledge(new Acknowledgement(user, device, session, cursor, marks))
                        .whenComplete((outcome, bug) -> written(cursor, marks, outcome, bug));
    }

    private synchronized void written(
            Optional<Position> cursor,
            List<Mark> marks,
            @Nullable Outcome<List<Mark>> outcome,
            @Nullable Throwable bug) {
        writing = false;
        if (!(outcome instanceof Kept<List<Mark>>)) {
            if (bug != null) {
                LOG.error("keeping an acknowledgement failed and is tried again", bug);
            }
            keep(marks);
            if (unstored == null) {
                unstored = cursor.orElse(null);
            }
            startTimer(AFTER_FAILURE_MS);
        } else if (ended) {
            write();
        } else if (unstored != null || unkept != null) {
            startTimer(context.limits().cursorStoreMs());
        }
    }
}
