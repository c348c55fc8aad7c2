package dev.bocau.session;

import dev.bocau.limits.Limits;
import dev.bocau.model.Track;
import dev.bocau.time.Timer;
import java.time.Duration;
import java.util.function.Consumer;

/// The windows in which a session is sent receipts: a change of a receipt track starts a timer, and
/// when that fires the track is drained. They hold nothing but which tracks have changed, so
/// nothing is lost with them, and a track that goes on changing is drained all the same. Not safe
/// for several threads; the drain guards them.
final class ReceiptWindows {
    private final Timer timer;
    private final Limits limits;
    private final Consumer<Track> fired;

    /// Sets of tracks, a bit for each: every connection has them.
    private int changed;

    private int timing;

    /// Tracks that go out once though nobody looks.
    private int riding;

    private boolean active = true;
    private boolean stopped;

    /// @param fired called when a window has passed, to drain and then to call {@link #passed}
    ReceiptWindows(Timer timer, Limits limits, Consumer<Track> fired) {
        this.timer = timer;
        this.limits = limits;
        this.fired = fired;
    }

    void changed(Track track) {
        changed |= bit(track);
        begin(track);
    }

    /// Both receipt tracks may have changed.
    void changed() {
        changed(Track.DELIVERED);
        changed(Track.READ);
    }

    /// Begins a window, unless one is open or nobody looks.
    private void begin(Track track) {
        if (awaited(track) && !stopped && (timing & bit(track)) == 0) {
            timing |= bit(track);
            int windowMs =
                    track == Track.DELIVERED ? limits.deliveredWindowMs() : limits.readWindowMs();
            timer.after(Duration.ofMillis(windowMs), () -> fired.accept(track));
        }
    }

    /// A window has passed and what there was is sent: the next one begins here, for what came too
    /// late or had no room.
    void passed(Track track) {
        timing &= ~bit(track);
        if ((changed & bit(track)) != 0) {
            begin(track);
        }
    }

    /// Something else was sent, for which a device in the background had to wake up: what it was
    /// not woken for goes along, in a window that begins now.
    void rideAlong() {
        if (!active && changed != 0) {
            riding |= changed;
            begin(Track.DELIVERED);
            begin(Track.READ);
        }
    }

    /// Whether there is something to drain, and somebody to look at it.
    boolean due(Track track) {
        return awaited(track) && !stopped && (changed & bit(track)) != 0;
    }

    private boolean awaited(Track track) {
        return active || (riding & bit(track)) != 0;
    }

    void drained(Track track) {
        changed &= ~bit(track);
        riding &= ~bit(track);
    }

    /// Whether the app is in the foreground; in the background receipts wait.
    void active(boolean nowActive) {
        active = nowActive;
        for (Track track : Track.values()) {
            if (due(track)) {
                begin(track);
            }
        }
    }

    void stop() {
        stopped = true;
    }

    private static int bit(Track track) {
        return 1 << track.ordinal();
    }
}
