package dev.bocau.media;

import dev.bocau.limits.Limits;
import dev.bocau.model.Media;
import dev.bocau.model.MediaId;
import dev.bocau.model.Message;
import dev.bocau.store.Store;
import dev.bocau.time.Timer;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks after each upload on the days that are written down for it: what no message carries goes,
/// and what is older than it may become. Any number of servers may do so at once.
public final class Sweep implements AutoCloseable {
    /// From the moment when an upload expires to the first look, and from a recall.
    static final long GRACE_MS = Duration.ofHours(1).toMillis();

    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);
    private static final long EVERY_MS = Duration.ofMinutes(10).toMillis();
    private static final long NEVER = Long.MAX_VALUE;
    private static final int PAGE = 1_000;

    private final MediaStorage storage;
    private final Store store;
    private final Limits limits;
    private final InstantSource clock;
    private final Timer timer;
    private final Executor threads;
    private volatile boolean closed;

    public Sweep(
            MediaStorage storage,
            Store store,
            Limits limits,
            InstantSource clock,
            Timer timer,
            Executor threads) {
        this.storage = storage;
        this.store = store;
        this.limits = limits;
        this.clock = clock;
        this.timer = timer;
        this.threads = threads;
    }

    /// From now on, every few minutes.
    public void start() {
        timer.after(Duration.ofMillis(EVERY_MS), () -> threads.execute(this::sweepAndGoOn));
    }

    private void sweepAndGoOn() {
        if (closed) {
            return;
        }
        try {
            sweep();
        } catch (IOException | RuntimeException e) {
            LOG.warn("looking after media failed; it will be tried again", e);
        }
        start();
    }

    /// Looks after everything whose hour is over.
    public void sweep() throws IOException {
        String now = Names.dueBy(clock.millis());
        while (true) {
            List<String> page = storage.list(Names.DUE, PAGE);
            for (String due : page) {
                if (closed || due.compareTo(now) >= 0) {
                    return;
                }
                visit(due);
            }
            if (page.size() < PAGE) {
                return;
            }
        }
    }

    private void visit(String due) throws IOException {
        MediaId id = new MediaId(due.substring(due.lastIndexOf('/') + 1));
        long next;
        try {
            next = visit(id);
        } catch (IOException | RuntimeException notNow) {
            // One must not keep the others from being looked after.
            LOG.warn("media {} could not be looked after", id, notNow);
            next = clock.millis() + GRACE_MS;
        }
        if (next < NEVER) {
            storage.put(Names.due(next, id), new byte[0]);
        }
        storage.delete(due);
    }

    /// @return when to come again
    private long visit(MediaId id) throws IOException {
        Optional<Ticket> known = storage.get(Names.ticket(id)).map(Ticket::decode);
        if (known.isEmpty()) {
            erase(id);
            return NEVER;
        }
        Ticket ticket = known.get();
        long now = clock.millis();
        if (now < ticket.expiresAtMs() + GRACE_MS) {
            // It has another date, then.
            return NEVER;
        }
        new Quota(storage, limits).forget(ticket, id);
        Fate uses = uses(id, now);
        long bytesUntil = uses.carried() ? retainedUntil(ticket) : now;
        // Whoever sends a message again is told the same for as long as localIds are known.
        long allUntil =
                uses.sent() ? Math.max(bytesUntil, knownUntil(ticket.begunAtMs())) : bytesUntil;
        if (now >= allUntil) {
            erase(id);
            return NEVER;
        }
        if (now < bytesUntil) {
            eraseSource(id);
            return bytesUntil;
        }
        storage.delete(Names.bytes(id));
        storage.delete(Names.image(id));
        storage.delete(Names.thumbnail(id));
        return allUntil;
    }

    /// What an image was made from, if a process died before it was erased.
    private void eraseSource(MediaId id) throws IOException {
        boolean isBytes =
                storage.get(Names.found(id)).map(Found::decode).map(Found::isBytes).orElse(false);
        if (!isBytes) {
            storage.delete(Names.bytes(id));
        }
    }

    /// What became of the messages that were to carry something.
    ///
    /// @param sent whether there was one
    /// @param carried whether one carries it now
    private record Fate(boolean sent, boolean carried) {}

    private Fate uses(MediaId id, long now) throws IOException {
        boolean sent = false;
        boolean carried = false;
        for (String name : storage.list(Names.uses(id), limits.mediaUses() + PAGE)) {
            Optional<Use> use = storage.get(name).map(Use::decode);
            if (use.isPresent()
                    && use.get().message().isEmpty()
                    && now >= knownUntil(use.get().atMs())) {
                // Nobody has looked for so long that nobody can tell any more.
                sent = true;
                carried = true;
            } else if (use.isPresent()) {
                Optional<Message> message = message(use.get());
                sent |= message.isPresent();
                carried |=
                        message.map(Message::media).map(Media::id).filter(id::equals).isPresent();
                settle(name, use.get(), message);
            }
        }
        return new Fate(sent, carried);
    }

    private Optional<Message> message(Use use) {
        return use.message().isPresent()
                ? store.message(use.conversation(), use.message().get())
                : store.sent(use.conversation(), use.sender(), use.device(), use.localId());
    }

    /// From here on the message is known by its id, as its localId will be forgotten; or it was
    /// never sent, and will not be.
    private void settle(String name, Use use, Optional<Message> message) throws IOException {
        if (message.isEmpty()) {
            storage.delete(name);
        } else if (use.message().isEmpty()) {
            storage.put(name, use.by(message.get()).encode());
        }
    }

    private long knownUntil(long fromMs) {
        return fromMs + Duration.ofDays(limits.localIdDays()).toMillis();
    }

    private long retainedUntil(Ticket ticket) {
        return limits.mediaDays() == 0
                ? NEVER
                : ticket.begunAtMs() + Duration.ofDays(limits.mediaDays()).toMillis();
    }

    private void erase(MediaId id) throws IOException {
        storage.discard(Names.bytes(id));
        List<String> names;
        do {
            names = storage.list(Names.all(id), PAGE);
            for (String name : names) {
                storage.delete(name);
            }
        } while (names.size() == PAGE);
    }

    @Override
    public void close() {
        closed = true;
    }
}
