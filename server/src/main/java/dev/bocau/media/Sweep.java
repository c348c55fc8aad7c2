package dev.bocau.media;

import dev.bocau.limits.Limits;
import dev.bocau.model.Media;
import dev.bocau.model.MediaId;
import dev.bocau.model.Message;
import dev.bocau.model.Refused;
import dev.bocau.store.Store;
import dev.bocau.time.Timer;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
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
        } catch (Refused | IOException notNow) {
            LOG.warn("media {} could not be looked after: {}", id, notNow.getMessage());
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
        quotaForgets(ticket, id);
        List<Use> uses = uses(id);
        long bytesUntil = used(uses, id, now) ? retainedUntil(ticket) : now;
        // Whoever sends a message again is told the same for as long as localIds are known.
        long allUntil =
                uses.isEmpty() ? bytesUntil : Math.max(bytesUntil, knownUntil(ticket.begunAtMs()));
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

    private void quotaForgets(Ticket ticket, MediaId id) throws IOException {
        new Quota(storage, limits).forget(ticket, id);
    }

    private List<Use> uses(MediaId id) throws IOException {
        List<Use> uses = new ArrayList<>();
        for (String name : storage.list(Names.uses(id), limits.mediaUses() + PAGE)) {
            storage.get(name).map(Use::decode).ifPresent(uses::add);
        }
        return uses;
    }

    private boolean used(List<Use> uses, MediaId id, long now) throws IOException {
        boolean used = false;
        for (Use use : uses) {
            used |= used(use, id, now);
        }
        return used;
    }

    /// Whether a message carries it. From here on that message is known by its id: its localId will
    /// be forgotten.
    private boolean used(Use use, MediaId id, long now) throws IOException {
        if (use.message().isEmpty() && now >= knownUntil(use.atMs())) {
            // Nobody has looked for so long that nobody can tell any more.
            return true;
        }
        Optional<Message> message =
                use.message().isPresent()
                        ? store.message(use.conversation(), use.message().get())
                        : store.sent(use.conversation(), use.sender(), use.device(), use.localId());
        if (message.isPresent() && use.message().isEmpty()) {
            storage.put(Names.uses(id) + use.name(), use.by(message.get()).encode());
        }
        return message.map(Message::media).map(Media::id).filter(id::equals).isPresent();
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
