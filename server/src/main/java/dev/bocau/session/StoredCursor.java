package dev.bocau.session;

import dev.bocau.log.UserLog;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Mark;
import dev.bocau.model.Position;
import dev.bocau.model.UserId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes a device's cursor down lazily: at once when it was not written for a while, and otherwise
/// after that while. What an acknowledgement has delivered is passed on at once. On the session's
/// lane.
final class StoredCursor {
    private static final Logger LOG = LoggerFactory.getLogger(StoredCursor.class);

    private final UserLog log;
    private final Lane lane;
    private final Timer timer;
    private final InstantSource clock;
    private final Duration every;
    private final UserId user;
    private final DeviceId device;
    private @Nullable Position unstored;
    private long storedAtMs;
    private boolean timing;

    StoredCursor(SessionContext context, Lane lane, UserId user, DeviceId device) {
        this.log = context.log();
        this.timer = context.timer();
        this.clock = context.clock();
        this.every = Duration.ofMillis(context.limits().cursorStoreMs());
        this.lane = lane;
        this.user = user;
        this.device = device;
    }

    /// The device has acknowledged a position, and these messages with it.
    void moved(Position position, List<Mark> delivered) {
        unstored = position;
        boolean now = clock.millis() - storedAtMs >= every.toMillis();
        if (!now && !timing) {
            timing = true;
            timer.after(every, () -> lane.task(this::fired));
        }
        if (now || !delivered.isEmpty()) {
            write(now, delivered);
        }
    }

    private void fired() {
        timing = false;
        store();
    }

    /// Writes down what was not yet.
    void store() {
        if (unstored != null) {
            write(true, List.of());
        }
    }

    private void write(boolean cursorToo, List<Mark> delivered) {
        Optional<Position> cursor = cursorToo ? Optional.ofNullable(unstored) : Optional.empty();
        if (cursorToo) {
            unstored = null;
            storedAtMs = clock.millis();
        }
        // What fails here the device makes good by presenting its cursor when it next connects.
        var _ =
                log.acknowledge(user, device, cursor, delivered)
                        .exceptionally(bug -> {
                            LOG.error("an acknowledgement failed", bug);
                            return null;
                        });
    }
}
