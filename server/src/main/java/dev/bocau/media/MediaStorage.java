package dev.bocau.media;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Keeps named objects. `MediaStorageContract` in the tests holds every implementation to this
/// comment.
///
/// A name is made of parts with `/` between them, each of `A-Z a-z 0-9 _ -` and dots, but not at
/// its beginning. An object is there whole or not at all; putting one again replaces it, in one
/// step. What a call has answered is durable, and is seen by every later call on any server that
/// shares the storage. What is not there is deleted as well as anything else. Implementations are
/// safe for use by many threads; an {@link IOException} says that nothing is known of the outcome,
/// {@link StorageFullException} that there is no room.
public interface MediaStorage extends AutoCloseable {

    void put(String name, byte[] content) throws IOException;

    /// Keeps what a local file holds.
    void put(String name, Path file) throws IOException;

    /// A small object, whole.
    Optional<byte[]> get(String name) throws IOException;

    /// How long an object is; empty if there is none.
    OptionalLong size(String name) throws IOException;

    /// So many bytes of an object, or as many as there are; to be closed.
    ///
    /// @throws java.nio.file.NoSuchFileException if there is no such object
    InputStream open(String name, long from, long bytes) throws IOException;

    void delete(String name) throws IOException;

    /// The first names that begin so, in the order of their bytes. What is not whole is not among
    /// them.
    List<String> list(String prefix, int limit) throws IOException;

    /// Goes on with an object that comes in pieces, behind what was kept of it. Nobody else may be
    /// doing so in this process.
    Growing grow(String name) throws IOException;

    /// How many bytes are kept of an object that comes in pieces, also once it is whole.
    long grown(String name) throws IOException;

    /// Makes what has come the object. Again: nothing.
    void complete(String name) throws IOException;

    /// Deletes what has come of an object that is not whole.
    void discard(String name) throws IOException;

    /// An address at which everybody may fetch an object for so long without this server; empty if
    /// there is no such thing here.
    Optional<URI> address(String name, String type, String disposition, Duration time);

    @Override
    void close();

    /// The end of an object that comes in pieces. What was written before it was closed, or before
    /// the process died, may be kept in part; what was kept is a beginning of what was written.
    interface Growing extends AutoCloseable {
        void write(byte[] bytes, int length) throws IOException;

        /// All that was written is durable.
        @Override
        void close() throws IOException;
    }
}
