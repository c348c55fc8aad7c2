package dev.bocau.media;

import dev.bocau.media.Grant.Rendition;
import dev.bocau.model.Code;
import dev.bocau.model.Media;
import dev.bocau.model.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/// What is kept of uploads, to be read.
public final class Downloads {
    private static final String JPEG = "image/jpeg";
    private static final String PNG = "image/png";
    private static final String BYTES = "application/octet-stream";

    private final MediaStorage storage;

    public Downloads(MediaStorage storage) {
        this.storage = storage;
    }

    /// How long it is.
    ///
    /// @throws Refused if it is not kept any more, or never was
    public long bytes(Media media, Rendition rendition) {
        return Storing.ask(() -> storage.size(name(media, rendition)))
                .orElseThrow(() ->
                        new Refused(Code.NO_SUCH_MEDIA, "is not kept any more: " + media.id()));
    }

    public InputStream open(Media media, Rendition rendition, long from, long bytes)
            throws IOException {
        return storage.open(name(media, rendition), from, bytes);
    }

    /// Where a client may fetch it from the storage itself; empty: only here.
    public Optional<URI> address(
            Media media, Rendition rendition, String disposition, Duration time) {
        return storage.address(
                name(media, rendition), servedType(media, rendition), disposition, time);
    }

    /// An address like those of {@link #address}, of nothing; empty if there are none.
    public Optional<URI> elsewhere() {
        return storage.address("nothing", BYTES, "attachment", Duration.ofSeconds(1));
    }

    private static String name(Media media, Rendition rendition) {
        return switch (rendition) {
            case ORIGINAL ->
                    media.size() == null ? Names.bytes(media.id()) : Names.image(media.id());
            case THUMBNAIL -> Names.thumbnail(media.id());
        };
    }

    /// Whether a browser may show it by itself. It may show images that this server has looked
    /// into, and nothing else.
    public static boolean shown(Media media) {
        return media.size() != null;
    }

    /// The type that browsers are told. What they might run, they are not told.
    public static String servedType(Media media, Rendition rendition) {
        if (rendition == Rendition.THUMBNAIL) {
            return thumbnailType(media.type());
        }
        boolean harmless =
                shown(media)
                        || media.type().startsWith("audio/")
                        || media.type().startsWith("video/");
        return harmless ? media.type() : BYTES;
    }

    /// JPEG has no transparency, and the others often have.
    public static String thumbnailType(String type) {
        return type.equals(JPEG) ? JPEG : PNG;
    }
}
