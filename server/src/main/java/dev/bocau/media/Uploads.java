package dev.bocau.media;

import dev.bocau.limits.Limits;
import dev.bocau.media.MediaStorage.Growing;
import dev.bocau.media.disk.WorkFolder;
import dev.bocau.model.Code;
import dev.bocau.model.Media;
import dev.bocau.model.MediaId;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What is being uploaded: begun, gone on with from any server that shares the storage, and, once
/// all of it has come, looked at. Everything throws {@link Refused}; an upload is known to its
/// owner only.
public final class Uploads {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int LOCKS = 1_024;

    private final MediaStorage storage;
    private final Examination examination;
    private final Quota quota;
    private final Limits limits;
    private final WorkFolder work;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Map<MediaId, Turn<?>> turns = new HashMap<>();
    private final Object[] locks = new Object[LOCKS];

    /// How far an upload has come.
    public record State(MediaId id, long offset, long bytes, long expiresAtMs) {
        public boolean whole() {
            return offset == bytes;
        }
    }

    public Uploads(
            MediaStorage storage,
            Examination examination,
            WorkFolder work,
            Limits limits,
            InstantSource clock,
            RandomGenerator random) {
        this.storage = storage;
        this.examination = examination;
        this.quota = new Quota(storage, limits);
        this.work = work;
        this.limits = limits;
        this.clock = clock;
        this.random = random;
        for (int i = 0; i < LOCKS; i++) {
            locks[i] = new Object();
        }
    }

    /// How large an upload may be.
    public long mostBytes() {
        return (long) limits.mediaMiB() << 20;
    }

    /// Begins an upload.
    ///
    /// @param name what the client calls the file; a path in front of it is dropped
    public State begin(UserId owner, String name, long bytes) {
        if (bytes < 1) {
            throw new Refused(Code.INVALID_FIELD, "there is nothing in an upload of 0 bytes");
        }
        if (bytes > mostBytes()) {
            throw new Refused(Code.MEDIA_TOO_LARGE, "more than %,d bytes".formatted(mostBytes()));
        }
        long now = clock.millis();
        MediaId id = MediaId.random(random);
        long expiresAtMs = now + Duration.ofHours(limits.mediaHours()).toMillis();
        Ticket ticket =
                new Ticket(
                        owner,
                        FileName.cleaned(name, limits.mediaNameChars()),
                        bytes,
                        now,
                        expiresAtMs);
        return Storing.ask(() -> {
            quota.check(owner, bytes, now);
            // Its end comes first: whatever follows, somebody will look after it.
            storage.put(Names.due(expiresAtMs + Sweep.GRACE_MS, id), new byte[0]);
            storage.put(Names.ticket(id), ticket.encode());
            quota.begun(ticket, id);
            return new State(id, 0, bytes, expiresAtMs);
        });
    }

    /// How far it has come. A request that still sends some of it sends in vain from here on: its
    /// connection may have been dead for long.
    public State state(UserId owner, MediaId id) {
        Ticket ticket = ticket(owner, id);
        return Storing.ask(() -> {
            synchronized (lock(id)) {
                end(id);
                return state(id, ticket);
            }
        });
    }

    private State state(MediaId id, Ticket ticket) throws IOException {
        long offset =
                storage.get(Names.found(id)).isPresent()
                        ? ticket.bytes()
                        : storage.grown(Names.bytes(id));
        return stateAt(id, ticket, offset);
    }

    /// Adds what comes, as far as it comes: what was kept before it was cut off counts. A request
    /// that still sends some of it sends in vain from here on.
    ///
    /// @param offset where the client thinks that it goes on
    /// @throws IOException if the client's connection breaks
    public State append(UserId owner, MediaId id, long offset, InputStream in) throws IOException {
        Ticket ticket = ticket(owner, id);
        Turn<Growing> turn = turn(id, ticket, offset, () -> storage.grow(Names.bytes(id)));
        if (turn == null) {
            return stateAt(id, ticket, offset);
        }
        try (turn) {
            send(turn, ticket, in);
        } finally {
            leave(id, turn);
        }
        return stateAt(id, ticket, turn.offset());
    }

    /// The same for bytes of which a checksum is known: they count when they are right, all at
    /// once. As long as they come, they are what is under way of this upload, so no more is put
    /// aside of it than it may have.
    ///
    /// @throws Refused if they are not
    public State append(UserId owner, MediaId id, long offset, InputStream in, Checksum checksum)
            throws IOException {
        Ticket ticket = ticket(owner, id);
        Turn<Chunk> turn = turn(id, ticket, offset, () -> new Chunk(checksum, work));
        if (turn == null) {
            return stateAt(id, ticket, offset);
        }
        InputStream right;
        try (turn) {
            send(turn, ticket, in);
            right = turn.last(Chunk::right);
        } finally {
            leave(id, turn);
        }
        try (right) {
            return append(owner, id, offset, right);
        }
    }

    private static void send(Turn<?> turn, Ticket ticket, InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        while (turn.offset() < ticket.bytes()) {
            int most = (int) Math.min(buffer.length, ticket.bytes() - turn.offset());
            int read = in.read(buffer, 0, most);
            if (read < 0) {
                break;
            }
            turn.write(buffer, read);
        }
    }

    private void leave(MediaId id, Turn<?> turn) {
        synchronized (lock(id)) {
            synchronized (turns) {
                turns.remove(id, turn);
            }
        }
    }

    private static void checkOffset(long come, long offset) {
        if (come != offset) {
            throw new Refused(Code.CONFLICT, "%d bytes have come, not %d".formatted(come, offset));
        }
    }

    private static State stateAt(MediaId id, Ticket ticket, long offset) {
        return new State(id, offset, ticket.bytes(), ticket.expiresAtMs());
    }

    /// Null: nothing more is to come.
    private <G extends Growing> @Nullable Turn<G> turn(
            MediaId id, Ticket ticket, long offset, Storing<G> beginning) {
        return Storing.ask(() -> {
            synchronized (lock(id)) {
                checkOffset(underWay(id).orElse(offset), offset);
                end(id);
                State now = state(id, ticket);
                checkOffset(now.offset(), offset);
                if (now.whole()) {
                    return null;
                }
                Turn<G> turn = new Turn<>(beginning.answer(), offset);
                synchronized (turns) {
                    turns.put(id, turn);
                }
                return turn;
            }
        });
    }

    /// How far the request has come that sends some of it at the moment. One that comes late, from
    /// a connection that was given up, does not know that, and does not get in its way.
    private OptionalLong underWay(MediaId id) {
        synchronized (turns) {
            Turn<?> turn = turns.get(id);
            return turn == null ? OptionalLong.empty() : OptionalLong.of(turn.offset());
        }
    }

    private void end(MediaId id) throws IOException {
        Turn<?> before;
        synchronized (turns) {
            before = turns.remove(id);
        }
        if (before != null) {
            before.close();
        }
    }

    private Object lock(MediaId id) {
        return locks[Math.floorMod(id.hashCode(), LOCKS)];
    }

    /// What was uploaded. Where all has come and nobody has looked at it, that is done first.
    ///
    /// @throws Refused if not all of it has come, or if it is nothing that can be sent
    public Media media(UserId owner, MediaId id) {
        Ticket ticket = ticket(owner, id);
        Found found =
                Storing.ask(() -> {
                    Optional<Found> known = found(id);
                    return known.isPresent() ? known.get() : examine(id, ticket);
                });
        return switch (found) {
            case Found.Good(Media media) -> media;
            case Found.Bad(String reason) -> throw new Refused(Code.MEDIA_REFUSED, reason);
        };
    }

    private Optional<Found> found(MediaId id) throws IOException {
        return storage.get(Names.found(id)).map(Found::decode);
    }

    private Found examine(MediaId id, Ticket ticket) throws IOException {
        synchronized (lock(id)) {
            Optional<Found> meanwhile = found(id);
            if (meanwhile.isPresent()) {
                return meanwhile.get();
            }
            end(id);
            if (!state(id, ticket).whole()) {
                throw new Refused(Code.MEDIA_INCOMPLETE, "not all of it was uploaded yet");
            }
            storage.complete(Names.bytes(id));
            Found found = examination.of(id, ticket);
            storage.put(Names.found(id), found.encode());
            if (!found.isBytes()) {
                storage.delete(Names.bytes(id));
            }
            quota.whole(ticket, id);
            return found;
        }
    }

    /// Gives an upload up. A message that carries it is none the worse for it.
    public void terminate(UserId owner, MediaId id) {
        Ticket ticket = ticket(owner, id);
        long now = clock.millis();
        Storing.ask(() -> {
            synchronized (lock(id)) {
                end(id);
                storage.put(Names.due(now + Sweep.GRACE_MS, id), new byte[0]);
                storage.put(Names.ticket(id), ticket.expiring(now).encode());
                if (found(id).isEmpty()) {
                    storage.discard(Names.bytes(id));
                    quota.whole(ticket, id);
                }
                return id;
            }
        });
    }

    /// The ticket of an upload that can be gone on with, or be sent.
    private Ticket ticket(UserId owner, MediaId id) {
        return Storing.ask(() -> storage.get(Names.ticket(id)))
                .map(Ticket::decode)
                .filter(ticket -> ticket.owner().equals(owner))
                .filter(ticket -> clock.millis() < ticket.expiresAtMs())
                .orElseThrow(() -> noSuchMedia(id));
    }

    static Refused noSuchMedia(MediaId id) {
        return new Refused(Code.NO_SUCH_MEDIA, "no upload " + id);
    }
}
