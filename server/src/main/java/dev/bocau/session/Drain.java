package dev.bocau.session;

import dev.bocau.frame.Frames;
import dev.bocau.frame.SharedFrame;
import dev.bocau.limits.Limits;
import dev.bocau.log.UserLog;
import dev.bocau.log.UserLog.SnapshotPage;
import dev.bocau.model.Appended;
import dev.bocau.model.Commit;
import dev.bocau.model.ConversationId;
import dev.bocau.model.Entry;
import dev.bocau.model.Mark;
import dev.bocau.model.Position;
import dev.bocau.model.Position.Cursor;
import dev.bocau.model.Position.Unfinished;
import dev.bocau.model.Refused;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import dev.bocau.store.LogRead;
import dev.bocau.time.Timer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends a session what lies past its device's cursor, in order, no more than the window has room
/// for.
///
/// There is one path: read the log from where the device stands, send, stand further. It runs on
/// the lane whenever there may be more: after connecting, when the log was heard to have grown,
/// when an acknowledgement has made room, when the socket has drained. An entry that comes while
/// the device stands right in front of it is handed over instead (`offer`), by the thread that
/// tells of it, which saves the reading but changes nothing else. The receipt tracks are drained
/// when their timer fires; until then what they hold lies in the log.
///
/// `this` guards where the device stands. It is never held while the log is read: a drain that is
/// under way has closed the hand-over (`open`), so nobody else moves the device meanwhile.
final class Drain {
    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Set<Track> CHANGES = EnumSet.of(Track.CHANGES);
    private static final Set<Track> ALL = EnumSet.allOf(Track.class);

    /// Where a drain is: one stage after the other, but for falling back to a snapshot.
    private enum Stage {
        SNAPSHOT,
        CATCHING_UP,
        LIVE
    }

    private final Connection connection;
    private final Lane lane;
    private final UserLog log;
    private final Timer timer;
    private final Limits limits;
    private final SessionMetrics metrics;
    private final Attention attention;
    private final UserId user;
    private final Window window;

    /// Whether the client was told that pages follow, so that one has to say that it is the last.
    private final boolean resuming;

    private Stage stage;
    private Position sent;
    private final long lastSyncAtMs;
    private boolean firstPage;

    /// Entries that were left when catching up began; negative: not counted yet.
    private int total = -1;

    /// Whether entries may be handed over: the drain has seen the end of the log and nothing has
    /// come since.
    private boolean open;

    private boolean woken = true;
    private boolean scheduled;
    private boolean stalled;
    private boolean stopped;
    private final ReceiptWindows receipts;

    /// @param start where the device stands: a cursor, or the snapshot that it has begun; empty: it
    ///   is to begin one
    /// @param resuming whether the client was told that pages follow
    Drain(
            SessionContext context,
            Connection connection,
            Lane lane,
            SessionMetrics metrics,
            UserId user,
            Attention attention,
            Optional<Position> start,
            boolean resuming,
            long lastSyncAtMs) {
        this.connection = connection;
        this.lane = lane;
        this.log = context.log();
        this.timer = context.timer();
        this.limits = context.limits();
        this.metrics = metrics;
        this.attention = attention;
        this.user = user;
        this.stage =
                start.filter(Cursor.class::isInstance).isPresent()
                        ? Stage.CATCHING_UP
                        : Stage.SNAPSHOT;
        this.firstPage = start.isEmpty();
        this.sent = start.orElseGet(() -> new Unfinished(log.head(user), Optional.empty()));
        this.window = new Window(context.clock(), limits.window(), sent);
        this.receipts = new ReceiptWindows(timer, limits, track -> lane.task(() -> fired(track)));
        this.resuming = resuming;
        this.lastSyncAtMs = lastSyncAtMs;
    }

    /// Begins to send.
    void start() {
        schedule();
    }

    synchronized void stop() {
        stopped = true;
        open = false;
        receipts.stop();
    }

    // ------------------------------------------------------------------------------------------------ what calls for it

    /// An entry was appended to this user's log.
    ///
    /// @param message the entry as a frame, if it may be handed over
    void offer(Appended entry, Commit commit, Optional<SharedFrame> message) {
        synchronized (this) {
            if (entry.track() != Track.CHANGES) {
                if (stage == Stage.LIVE) {
                    receipts.changed(entry.track());
                }
                return;
            }
            if (sent.head().changes() >= entry.offset() && stage != Stage.SNAPSHOT) {
                return;
            }
            if (message.isPresent() && handOver(entry, commit, message.get(), foreign(entry))) {
                return;
            }
            woken = true;
            open = false;
        }
        schedule();
    }

    /// The session's own message is durable. If the device stands right in front of the message's
    /// own entry, `received` takes it past that; otherwise nothing is sent.
    ///
    /// @return whether it was sent
    boolean confirm(List<Appended> appended, Commit commit, SharedFrame received) {
        for (Appended entry : appended) {
            if (entry.user().equals(user) && entry.message() != null) {
                synchronized (this) {
                    if (handOver(entry, commit, received, List.of())) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private boolean handOver(
            Appended entry, Commit commit, SharedFrame frame, List<Mark> delivered) {
        if (!open || sent.head().changes() != entry.before() || !hasRoom()) {
            return false;
        }
        send(sent.head().with(Track.CHANGES, entry.offset(), commit), frame, 1, delivered);
        receipts.rideAlong();
        metrics.handedOver.increment();
        return true;
    }

    private List<Mark> foreign(Appended entry) {
        return entry.message() == null || entry.message().sender().equals(user)
                ? List.of()
                : List.of(new Mark(entry.message().conversation(), entry.message().seq()));
    }

    /// The device has stored everything up to a position.
    ///
    /// @return what was delivered by it; empty if the position was never sent
    Optional<List<Mark>> acknowledge(Position position) {
        Optional<List<Mark>> delivered;
        synchronized (this) {
            delivered = window.acknowledge(position);
        }
        resume();
        return delivered;
    }

    /// There may be room where there was none.
    void resume() {
        synchronized (this) {
            if (!stalled || !hasRoom()) {
                return;
            }
            stalled = false;
            woken = true;
        }
        schedule();
    }

    /// Looks whether the log has grown without a word: the last wake may have been lost.
    void checkHead() {
        Cursor head = log.head(user);
        synchronized (this) {
            if (stage != Stage.LIVE || sent.head().reaches(head)) {
                return;
            }
            woken = true;
            open = false;
            receipts.changed();
        }
        schedule();
    }

    /// Whether the app is in the foreground; in the background receipts wait for that or for the
    /// next message, and somebody wants to know of messages.
    synchronized void active(boolean nowActive) {
        receipts.active(nowActive);
        attention.active(nowActive, window.acknowledged());
    }

    synchronized Position acknowledged() {
        return window.acknowledged();
    }

    synchronized int unacknowledged() {
        return window.entries();
    }

    synchronized OptionalLong sentAtMs(ConversationId conversation, long seq) {
        return window.sentAtMs(conversation, seq);
    }

    synchronized boolean behind() {
        return !open;
    }

    // ---------------------------------------------------------------------------------------------------- the one path

    private void schedule() {
        synchronized (this) {
            if (scheduled || stopped) {
                return;
            }
            scheduled = true;
        }
        lane.task(this::drain);
    }

    private void drain() {
        synchronized (this) {
            scheduled = false;
        }
        try {
            while (mayGoOn()) {
                switch (stage) {
                    case SNAPSHOT -> sendSnapshotPage();
                    case CATCHING_UP -> sendPage(ALL);
                    case LIVE -> sendPage(CHANGES);
                }
            }
        } catch (RuntimeException e) {
            failed(e);
            synchronized (this) {
                woken = true;
            }
            timer.after(AFTER_FAILURE, this::schedule);
        }
    }

    /// What the store cannot do it has told itself.
    private void failed(RuntimeException why) {
        if (!(why instanceof Refused)) {
            LOG.error("draining the log of {} failed and is tried again", user, why);
        }
    }

    /// Opens the hand-over when there is nothing left, and notes when there is no room.
    private synchronized boolean mayGoOn() {
        if (stopped) {
            return false;
        }
        if (stage == Stage.LIVE && !woken) {
            open = true;
            return false;
        }
        open = false;
        stalled = !hasRoom();
        return !stalled;
    }

    private boolean hasRoom() {
        return window.room() > 0
                && window.frames() < connection.window()
                && connection.pendingBytes() < limits.outboundBytes();
    }

    private void sendSnapshotPage() {
        SnapshotPage page = firstPage ? log.firstPage(user) : log.nextPage(user, (Unfinished) sent);
        List<Mark> delivered =
                page.states().stream()
                        .map(state -> new Mark(state.conversation().id(), state.headSeq()))
                        .toList();
        SharedFrame frame = Frames.snapshot(user, page.first(), page.states(), page.more());
        synchronized (this) {
            firstPage = false;
            send(page.position(), frame, Math.max(1, page.states().size()), delivered);
            if (!page.more()) {
                goLive();
            }
        }
    }

    private void sendPage(Set<Track> tracks) {
        Cursor from;
        int room;
        synchronized (this) {
            woken = false;
            from = sent.head();
            room = window.room();
        }
        switch (log.read(user, from, tracks, room)) {
            case LogRead.Lost lost -> {
                synchronized (this) {
                    stage = Stage.SNAPSHOT;
                    firstPage = true;
                    woken = true;
                }
            }
            case LogRead.Page page -> {
                boolean syncing = tracks.size() > 1;
                SharedFrame frame =
                        syncing
                                ? syncPage(from, page)
                                : Frames.live(user, page.entries(), page.more());
                synchronized (this) {
                    boolean last = syncing && !page.more();
                    if (page.entries().isEmpty() && !(last && resuming)) {
                        standAt(page.next());
                    } else {
                        int entries = Math.max(1, page.entries().size());
                        send(page.next(), frame, entries, delivered(page));
                        receipts.rideAlong();
                    }
                    woken |= page.more();
                    if (syncing && !page.more()) {
                        goLive();
                    }
                }
            }
        }
    }

    /// From here on receipts come in their own frames. What was appended behind the last page is
    /// still to be looked for.
    private void goLive() {
        stage = Stage.LIVE;
        woken = true;
        receipts.changed();
    }

    private int countLeft(Cursor from, LogRead.Page page) {
        if (total < 0) {
            total = page.more() ? log.countPast(user, from) : page.entries().size();
        }
        return total;
    }

    private SharedFrame syncPage(Cursor from, LogRead.Page page) {
        int left = countLeft(from, page);
        return Frames.page(user, page.entries(), page.more(), left, lastSyncAtMs);
    }

    /// The newest message of others per conversation on a page; a conversation's whole state brings
    /// all of them.
    private List<Mark> delivered(LogRead.Page page) {
        Map<ConversationId, Mark> newest = new HashMap<>();
        for (Entry entry : page.entries()) {
            switch (entry) {
                case Entry.Added(var message) when !message.sender().equals(user) ->
                        got(newest, message.conversation(), message.seq());
                case Entry.Joined(var state) when state.headSeq() > 0 ->
                        got(newest, state.conversation().id(), state.headSeq());
                default -> {}
            }
        }
        return List.copyOf(newest.values());
    }

    private static void got(Map<ConversationId, Mark> newest, ConversationId id, long seq) {
        newest.merge(id, new Mark(id, seq), Mark::further);
    }

    /// Where nothing had to be sent. A cursor that says the same is let go: most sessions are idle
    /// and need only one.
    private void standAt(Cursor next) {
        if (!sent.equals(next)) {
            sent = next;
        }
    }

    private void send(Position position, SharedFrame frame, int entries, List<Mark> delivered) {
        sent = position;
        window.add(position, entries, delivered);
        metrics.deliveries.increment(entries);
        metrics.told(connection.transport());
        connection.send(position.encode(), frame);
        attention.sent(delivered);
    }

    // -------------------------------------------------------------------------------------------------------- receipts

    private void fired(Track track) {
        try {
            sendReceipts(track);
        } catch (RuntimeException e) {
            failed(e);
            synchronized (this) {
                receipts.changed(track);
            }
        } finally {
            synchronized (this) {
                receipts.passed(track);
            }
        }
    }

    /// Sends what the receipt tracks hold without waiting for their timers, as when the server goes
    /// down.
    void flushReceipts() {
        sendReceipts(Track.DELIVERED);
        sendReceipts(Track.READ);
    }

    private void sendReceipts(Track track) {
        Cursor from;
        int room;
        synchronized (this) {
            if (stage != Stage.LIVE || !receipts.due(track) || !hasRoom()) {
                return;
            }
            receipts.drained(track);
            from = sent.head();
            room = window.room();
        }
        switch (log.read(user, from, EnumSet.of(track), room)) {
            case LogRead.Lost lost -> {
                synchronized (this) {
                    stage = Stage.SNAPSHOT;
                    firstPage = true;
                    open = false;
                }
                schedule();
            }
            case LogRead.Page page -> {
                SharedFrame frame = Frames.receipts(track, page.entries());
                synchronized (this) {
                    Cursor next =
                            sent.head()
                                    .with(track, page.next().offset(track), page.next().commit());
                    if (page.entries().isEmpty()) {
                        standAt(next);
                    } else {
                        send(next, frame, page.entries().size(), List.of());
                    }
                    if (page.more()) {
                        receipts.changed(track);
                    }
                }
            }
        }
    }
}
