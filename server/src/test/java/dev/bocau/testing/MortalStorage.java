package dev.bocau.testing;

import dev.bocau.media.MediaStorage;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A storage whose process dies at the n-th change: from then on nothing more is done.
public final class MortalStorage implements MediaStorage {
    private final MediaStorage storage;
    private int changesLeft;

    public MortalStorage(MediaStorage storage, int changes) {
        this.storage = storage;
        this.changesLeft = changes;
    }

    public boolean dead() {
        return changesLeft < 0;
    }

    private void live() throws IOException {
        if (dead()) {
            throw new IOException("the process is dead");
        }
    }

    private void change() throws IOException {
        changesLeft--;
        live();
    }

    @Override
    public void put(String name, byte[] content) throws IOException {
        change();
        storage.put(name, content);
    }

    @Override
    public void put(String name, Path file) throws IOException {
        change();
        storage.put(name, file);
    }

    @Override
    public Optional<byte[]> get(String name) throws IOException {
        live();
        return storage.get(name);
    }

    @Override
    public OptionalLong size(String name) throws IOException {
        live();
        return storage.size(name);
    }

    @Override
    public InputStream open(String name, long from, long bytes) throws IOException {
        live();
        return storage.open(name, from, bytes);
    }

    @Override
    public void delete(String name) throws IOException {
        change();
        storage.delete(name);
    }

    @Override
    public void discard(String name) throws IOException {
        change();
        storage.discard(name);
    }

    @Override
    public List<String> list(String prefix, int limit) throws IOException {
        live();
        return storage.list(prefix, limit);
    }

    @Override
    public Growing grow(String name) throws IOException {
        change();
        return storage.grow(name);
    }

    @Override
    public long grown(String name) throws IOException {
        live();
        return storage.grown(name);
    }

    @Override
    public void complete(String name) throws IOException {
        change();
        storage.complete(name);
    }

    @Override
    public Optional<URI> address(String name, String type, String disposition, Duration time) {
        return storage.address(name, type, disposition, time);
    }

    @Override
    public void close() {
        storage.close();
    }
}
