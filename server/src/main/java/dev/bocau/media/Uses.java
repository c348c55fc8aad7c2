package dev.bocau.media;

import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.Media;
import dev.bocau.model.MediaId;
import dev.bocau.model.Refused;
import dev.bocau.store.Draft;
import dev.bocau.store.Store;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;

/// Which messages carry what was uploaded. The owner may send one upload several times, as long as
/// it has not expired.
///
/// A message with a ✓ never loses what it carries to the {@link Sweep}, without a lock between the
/// two: first it is written down that a message is to carry it, and only then looked whether the
/// upload has expired; the sweep begins an hour after that, and then sees what was written down. It
/// asks the store what became of that message. Clocks may differ by less than that hour, and a
/// message must be decided within it.
public final class Uses {
    private final MediaStorage storage;
    private final Uploads uploads;
    private final Store store;
    private final Limits limits;
    private final InstantSource clock;

    public Uses(
            MediaStorage storage,
            Uploads uploads,
            Store store,
            Limits limits,
            InstantSource clock) {
        this.storage = storage;
        this.uploads = uploads;
        this.store = store;
        this.limits = limits;
        this.clock = clock;
    }

    /// A message to be, with what it is to carry.
    ///
    /// @throws Refused if the sender has no such upload, if not all of it has come, or if it is of
    ///   another kind than the message
    public Draft attach(Draft draft, MediaId id) {
        Use use = Use.of(draft, clock.millis());
        Media media = sentBefore(use, id).orElseGet(() -> note(use, id));
        if (!media.fits(draft.kind())) {
            throw new Refused(Code.MEDIA_REFUSED, media.type() + " is no image");
        }
        return draft.with(media);
    }

    private Media note(Use use, MediaId id) {
        var _ = uploads.media(use.sender(), id);
        String name = Names.uses(id) + use.name();
        Storing.ask(() -> {
            // What was noted and not sent may be sent again.
            boolean noted = storage.get(name).isPresent();
            if (!noted
                    && storage.list(Names.uses(id), limits.mediaUses()).size()
                            >= limits.mediaUses()) {
                throw new Refused(
                        Code.CONFLICT,
                        "was sent %d times: upload it again".formatted(limits.mediaUses()));
            }
            storage.put(name, use.encode());
            return name;
        });
        // Again, as it may have expired before it was written down.
        return uploads.media(use.sender(), id);
    }

    /// A message that is sent again is known for longer than its upload could be sent.
    private Optional<Media> sentBefore(Use use, MediaId id) {
        return Storing.ask(() -> {
            boolean noted = storage.get(Names.uses(id) + use.name()).isPresent();
            return noted && isSent(use) ? known(id) : Optional.empty();
        });
    }

    private boolean isSent(Use use) {
        return store.sent(use.conversation(), use.sender(), use.device(), use.localId())
                .isPresent();
    }

    private Optional<Media> known(MediaId id) throws IOException {
        return storage.get(Names.found(id))
                .map(Found::decode)
                .flatMap(found ->
                        found instanceof Found.Good(Media media)
                                ? Optional.of(media)
                                : Optional.empty());
    }

    /// To be called before a message is recalled: what it carries goes some time later, if nothing
    /// else carries it, whether or not this process lives to see that.
    public void recalling(Media media) {
        Storing.ask(() -> {
            storage.put(Names.due(clock.millis() + Sweep.GRACE_MS, media.id()), new byte[0]);
            return media;
        });
    }
}
