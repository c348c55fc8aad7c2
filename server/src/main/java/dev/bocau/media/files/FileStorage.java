package dev.bocau.media.files;

import dev.bocau.media.MediaStorage;
import dev.bocau.media.disk.Room;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/// A file for each object, in folders as its name says. A file appears under its name by being
/// renamed, when all of it is on the disk; before that it has a dot in front.
public final class FileStorage implements MediaStorage {
    private static final String UNFINISHED = ".unfinished";
    private static final String GROWING = ".growing-";
    private static final int TRIES = 10;
    private static final Duration ABANDONED = Duration.ofDays(1);

    private final Path root;
    private final Room room;

    public FileStorage(Path root, Room room, InstantSource clock) {
        this.root = root;
        this.room = room;
        try {
            Files.createDirectories(root);
            removeUnfinished(clock.instant().minus(ABANDONED));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use the folder of media " + root, e);
        }
    }

    /// What a process has left that died. What is newer another one may be writing.
    private void removeUnfinished(Instant before) throws IOException {
        Path folder = root.resolve(UNFINISHED);
        Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    @Override
    public void put(String name, byte[] content) throws IOException {
        Path file = unfinished();
        try (Room.Claim _ = claim(content.length);
                FileChannel out = created(file)) {
            write(out, content, content.length);
            out.force(true);
        }
        name(file, path(name));
    }

    @Override
    public void put(String name, Path content) throws IOException {
        Path file = unfinished();
        try (Room.Claim _ = claim(Files.size(content));
                FileChannel out = created(file);
                FileChannel in = FileChannel.open(content)) {
            for (long done = 0; done < in.size(); ) {
                done += in.transferTo(done, in.size() - done, out);
            }
            out.force(true);
        }
        name(file, path(name));
    }

    private Path unfinished() throws IOException {
        return root.resolve(UNFINISHED).resolve(UUID.randomUUID().toString());
    }

    private static FileChannel created(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    private static void write(FileChannel out, byte[] bytes, int length) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes, 0, length);
        while (left.hasRemaining()) {
            out.write(left);
        }
    }

    /// Gives a file its name, in a folder that is removed when it is empty.
    private static void name(Path file, Path name) throws IOException {
        inFolder(name, () -> Files.move(file, name, StandardCopyOption.ATOMIC_MOVE));
        sync(folder(name));
    }

    private interface Step<T> {
        T take() throws IOException;
    }

    private static <T> T inFolder(Path name, Step<T> step) throws IOException {
        for (int tries = 1; ; tries++) {
            Files.createDirectories(folder(name));
            try {
                return step.take();
            } catch (NoSuchFileException removed) {
                if (tries == TRIES) {
                    throw removed;
                }
            }
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel entries = FileChannel.open(folder)) {
            entries.force(true);
        } catch (NoSuchFileException goneAgain) {
            // Whoever has deleted what was in it.
        }
    }

    private Room.Claim claim(long bytes) throws IOException {
        Room.Claim claim = room.claim(root);
        claim.take(bytes);
        return claim;
    }

    private Path path(String name) {
        return root.resolve(name);
    }

    private static Path growing(Path file) {
        return file.resolveSibling(GROWING + file.getFileName());
    }

    private static Path folder(Path file) {
        return java.util.Objects.requireNonNull(file.getParent());
    }

    @Override
    public Optional<byte[]> get(String name) throws IOException {
        try {
            return Optional.of(Files.readAllBytes(path(name)));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    @Override
    public OptionalLong size(String name) throws IOException {
        try {
            return OptionalLong.of(Files.size(path(name)));
        } catch (NoSuchFileException none) {
            return OptionalLong.empty();
        }
    }

    @Override
    public InputStream open(String name, long from, long bytes) throws IOException {
        FileChannel in = FileChannel.open(path(name));
        in.position(from);
        return new BoundedStream(Channels.newInputStream(in), bytes);
    }

    @Override
    public void delete(String name) throws IOException {
        remove(path(name));
    }

    /// A file, and the folders that are empty without it.
    private void remove(Path file) throws IOException {
        Files.deleteIfExists(file);
        try {
            for (Path folder = folder(file); !folder.equals(root); folder = folder(folder)) {
                Files.deleteIfExists(folder);
            }
        } catch (DirectoryNotEmptyException inUse) {
            // As are those that it lies in.
        }
    }

    @Override
    public List<String> list(String prefix, int limit) throws IOException {
        List<String> names = new ArrayList<>();
        list(prefix.substring(0, prefix.lastIndexOf('/') + 1), prefix, limit, names);
        return names;
    }

    private void list(String folder, String prefix, int limit, List<String> names)
            throws IOException {
        for (String name : inside(folder)) {
            boolean isFolder = name.endsWith("/");
            if (names.size() < limit && isFolder && couldHold(name, prefix)) {
                list(name, prefix, limit, names);
            } else if (names.size() < limit && !isFolder && name.startsWith(prefix)) {
                names.add(name);
            }
        }
    }

    private static boolean couldHold(String folder, String prefix) {
        return folder.startsWith(prefix) || prefix.startsWith(folder);
    }

    /// What lies in a folder, in the order of the names that begin so; folders end with `/`.
    private List<String> inside(String folder) throws IOException {
        try (Stream<Path> files = Files.list(root.resolve(folder))) {
            return files.filter(file -> !file.getFileName().toString().startsWith("."))
                    .map(file -> folder + file.getFileName() + (Files.isDirectory(file) ? "/" : ""))
                    .sorted(Comparator.naturalOrder())
                    .toList();
        } catch (NoSuchFileException none) {
            return List.of();
        }
    }

    @Override
    public Growing grow(String name) throws IOException {
        Path file = growing(path(name));
        FileChannel out =
                inFolder(
                        file,
                        () ->
                                FileChannel.open(
                                        file,
                                        Set.of(
                                                StandardOpenOption.CREATE,
                                                StandardOpenOption.WRITE)));
        out.position(out.size());
        return new GrowingFile(out);
    }

    private final class GrowingFile implements Growing {
        private final FileChannel out;
        private final Room.Claim claim = room.claim(root);

        GrowingFile(FileChannel out) {
            this.out = out;
        }

        @Override
        public void write(byte[] bytes, int length) throws IOException {
            claim.take(length);
            FileStorage.write(out, bytes, length);
        }

        @Override
        public void close() throws IOException {
            try (claim;
                    out) {
                out.force(true);
            }
        }
    }

    @Override
    public long grown(String name) throws IOException {
        OptionalLong whole = size(name);
        if (whole.isPresent()) {
            return whole.getAsLong();
        }
        try {
            return Files.size(growing(path(name)));
        } catch (NoSuchFileException none) {
            return 0;
        }
    }

    @Override
    public void complete(String name) throws IOException {
        Path file = path(name);
        if (!Files.exists(file)) {
            sync(folder(file));
            Files.move(growing(file), file, StandardCopyOption.ATOMIC_MOVE);
            sync(folder(file));
        }
    }

    @Override
    public void discard(String name) throws IOException {
        remove(growing(path(name)));
    }

    @Override
    public Optional<URI> address(String name, String type, String disposition, Duration time) {
        return Optional.empty();
    }

    @Override
    public void close() {}
}
