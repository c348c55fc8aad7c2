package dev.bocau.media;

import dev.bocau.limits.Limits;
import dev.bocau.media.disk.WorkFolder;
import dev.bocau.media.image.Images;
import dev.bocau.media.image.Images.Picture;
import dev.bocau.media.image.UnfitImageException;
import dev.bocau.model.Code;
import dev.bocau.model.Media;
import dev.bocau.model.MediaId;
import dev.bocau.model.Refusal;
import dev.bocau.model.Refused;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.metadata.TikaCoreProperties;
import org.apache.tika.mime.MimeTypes;

/// Finds out what has been uploaded. What it is follows from its bytes; the name only tells kinds
/// of the same form apart. Images are decoded on a few threads of their own, as that takes a
/// processor and memory: with as many of them waiting as may, the next is told to come again.
public final class Examination implements AutoCloseable {

    private final MediaStorage storage;
    private final Images images;
    private final List<String> types;
    private final WorkFolder work;
    private final ThreadPoolExecutor threads;

    /// @param types which are taken: `image/png`, `image/*`, `*/*`
    public Examination(MediaStorage storage, List<String> types, WorkFolder work, Limits limits) {
        this.storage = storage;
        this.types = types;
        this.work = work;
        this.images = new Images(limits.mediaMegapixels());
        this.threads =
                new ThreadPoolExecutor(
                        limits.mediaExaminations(),
                        limits.mediaExaminations(),
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(limits.mediaWaiting()),
                        Thread.ofPlatform().name("bocau-images-", 0).daemon().factory());
    }

    Found of(MediaId id, Ticket ticket) throws IOException {
        String type = type(id, ticket);
        if (types.stream().noneMatch(taken -> takes(taken, type))) {
            return new Found.Bad(type + " is not taken here");
        }
        if (!Images.known(type)) {
            return new Found.Good(new Media(id, ticket.name(), type, ticket.bytes(), null, null));
        }
        return onThreads(id, ticket, type);
    }

    private static boolean takes(String taken, String type) {
        return taken.equals("*/*")
                || taken.equals(type)
                || (taken.endsWith("/*")
                        && type.startsWith(taken.substring(0, taken.length() - 1)));
    }

    private String type(MediaId id, Ticket ticket) throws IOException {
        Metadata named = new Metadata();
        named.set(TikaCoreProperties.RESOURCE_NAME_KEY, ticket.name());
        MimeTypes known = MimeTypes.getDefaultMimeTypes();
        try (InputStream in =
                new BufferedInputStream(storage.open(Names.bytes(id), 0, known.getMinLength()))) {
            return known.detect(in, named).getBaseType().toString();
        }
    }

    private Found onThreads(MediaId id, Ticket ticket, String type) throws IOException {
        try {
            return threads.submit(() -> image(id, ticket, type)).get();
        } catch (RejectedExecutionException full) {
            throw new Refused(Refusal.retry(Code.OVERLOADED, "too many images wait"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
    }

    private Found image(MediaId id, Ticket ticket, String type) throws IOException {
        try (WorkFolder folder = work.folder("image");
                InputStream in =
                        new BufferedInputStream(
                                storage.open(Names.bytes(id), 0, ticket.bytes()), 1 << 16)) {
            Picture picture = images.examine(type, in, folder);
            storage.put(Names.image(id), picture.image());
            if (picture.thumbnail() != null) {
                storage.put(Names.thumbnail(id), picture.thumbnail());
            }
            return new Found.Good(
                    new Media(
                            id,
                            ticket.name(),
                            type,
                            Files.size(picture.image()),
                            picture.size(),
                            picture.preview()));
        } catch (UnfitImageException unfit) {
            return new Found.Bad(String.valueOf(unfit.getMessage()));
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
