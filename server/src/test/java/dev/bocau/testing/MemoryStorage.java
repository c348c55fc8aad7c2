package dev.bocau.testing;

import dev.bocau.media.MediaStorage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// Keeps media for as long as a test takes.
public final class MemoryStorage implements MediaStorage {
    private final ConcurrentSkipListMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
    private final Map<String, ByteArrayOutputStream> growing = new ConcurrentHashMap<>();

    @Override
    public void put(String name, byte[] content) {
        objects.put(name, content.clone());
    }

    @Override
    public void put(String name, Path file) throws IOException {
        objects.put(name, Files.readAllBytes(file));
    }

    @Override
    public Optional<byte[]> get(String name) {
        return Optional.ofNullable(objects.get(name));
    }

    @Override
    public OptionalLong size(String name) {
        byte[] content = objects.get(name);
        return content == null ? OptionalLong.empty() : OptionalLong.of(content.length);
    }

    @Override
    public InputStream open(String name, long from, long bytes) throws IOException {
        byte[] content = objects.get(name);
        if (content == null) {
            throw new NoSuchFileException(name);
        }
        int at = (int) Math.min(from, content.length);
        return new ByteArrayInputStream(content, at, (int) Math.min(bytes, content.length - at));
    }

    @Override
    public void delete(String name) {
        objects.remove(name);
    }

    @Override
    public void discard(String name) {
        growing.remove(name);
    }

    @Override
    public List<String> list(String prefix, int limit) {
        return objects.tailMap(prefix).keySet().stream()
                .takeWhile(name -> name.startsWith(prefix))
                .limit(limit)
                .toList();
    }

    @Override
    public Growing grow(String name) {
        ByteArrayOutputStream bytes =
                growing.computeIfAbsent(name, it -> new ByteArrayOutputStream());
        return new Growing() {
            @Override
            public void write(byte[] more, int length) {
                bytes.write(more, 0, length);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public long grown(String name) {
        byte[] whole = objects.get(name);
        ByteArrayOutputStream some = growing.get(name);
        return whole != null ? whole.length : some != null ? some.size() : 0;
    }

    @Override
    public void complete(String name) {
        ByteArrayOutputStream bytes = growing.remove(name);
        if (bytes != null) {
            objects.put(name, bytes.toByteArray());
        }
    }

    @Override
    public Optional<URI> address(String name, String type, String disposition, Duration time) {
        return Optional.empty();
    }

    @Override
    public void close() {}
}
