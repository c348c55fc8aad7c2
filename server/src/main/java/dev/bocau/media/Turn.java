package dev.bocau.media;

import dev.bocau.media.MediaStorage.Growing;
import dev.bocau.model.Code;
import dev.bocau.model.Refused;
import java.io.IOException;

/// A request that sends some of an upload, as long as no other one does.
///
/// @param <G> what becomes of that
final class Turn<G extends Growing> implements AutoCloseable {
    private final G growing;
    private volatile long offset;
    private boolean over;

    Turn(G growing, long offset) {
        this.growing = growing;
        this.offset = offset;
    }

    /// How far this request has come.
    long offset() {
        return offset;
    }

    synchronized void write(byte[] bytes, int length) {
        checkNotOver();
        offset +=
                Storing.ask(() -> {
                    growing.write(bytes, length);
                    return length;
                });
    }

    /// The last that is asked of what was written, before that is closed.
    synchronized <T> T last(Last<G, T> asked) {
        checkNotOver();
        return Storing.ask(() -> asked.of(growing));
    }

    interface Last<G, T> {
        T of(G growing) throws IOException;
    }

    private void checkNotOver() {
        if (over) {
            throw new Refused(Code.CONFLICT, "another request goes on with this upload");
        }
    }

    @Override
    public synchronized void close() {
        if (!over) {
            over = true;
            Storing.ask(() -> {
                growing.close();
                return over;
            });
        }
    }
}
