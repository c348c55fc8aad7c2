package dev.bocau.media;

import dev.bocau.media.disk.StorageFullException;
import dev.bocau.model.Code;
import dev.bocau.model.Refusal;
import dev.bocau.model.Refused;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is asked of the storage, for people who can do nothing about it but try again.
interface Storing<T extends @Nullable Object> {
    Logger LOG = LoggerFactory.getLogger(Storing.class);

    T answer() throws IOException;

    /// Its answer.
    ///
    /// @throws Refused in place of an {@link IOException}
    static <T extends @Nullable Object> T ask(Storing<T> asked) {
        try {
            return asked.answer();
        } catch (StorageFullException e) {
            throw new Refused(Refusal.retry(Code.STORAGE_FULL, "no room for media"));
        } catch (IOException e) {
            LOG.warn("the storage of media failed: {}", e.toString());
            throw new Refused(Refusal.retry(Code.UNAVAILABLE, "the storage of media failed"));
        }
    }
}
