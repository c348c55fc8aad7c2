package dev.bocau.media.disk;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A folder for what is worked on and not kept; made when it is needed. Its files are written as
/// long as there is {@link Room} for them.
public final class WorkFolder implements AutoCloseable {
    private final Path path;
    private final Room room;

    public WorkFolder(Path path, Room room) {
        this.path = path;
        this.room = room;
    }

    /// A new folder in it, for one piece of work.
    public WorkFolder folder(String prefix) throws IOException {
        Files.createDirectories(path);
        return new WorkFolder(Files.createTempDirectory(path, prefix), room);
    }

    /// A new file in it, which is empty.
    public Path file(String prefix) throws IOException {
        Files.createDirectories(path);
        return Files.createTempFile(path, prefix, "");
    }

    /// Of this name in it, whether or not there is one.
    public Path resolve(String name) {
        return path.resolve(name);
    }

    /// To be used by those who do not {@link #write}.
    public Room.Claim claim() {
        return room.claim(path);
    }

    /// Writes a file of this folder from its beginning.
    ///
    /// @return throws {@link StorageFullException} where there is no room
    public OutputStream write(Path file) throws IOException {
        return new Roomy(Files.newOutputStream(file), claim());
    }

    private static final class Roomy extends FilterOutputStream {
        private final Room.Claim claim;

        Roomy(OutputStream file, Room.Claim claim) {
            super(file);
            this.claim = claim;
        }

        @Override
        public void write(int value) throws IOException {
            claim.take(1);
            out.write(value);
        }

        @Override
        public void write(byte[] bytes, int at, int length) throws IOException {
            claim.take(length);
            out.write(bytes, at, length);
        }

        @Override
        public void close() throws IOException {
            try (claim) {
                out.close();
            }
        }
    }

    /// Removes it with all that is in it; if it is not there: nothing.
    @Override
    public void close() throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> paths = Files.walk(path)) {
            all = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.deleteIfExists(each);
        }
    }
}
