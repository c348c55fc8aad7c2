package dev.bocau.media;

import dev.bocau.testing.MemoryStorage;

/// What stands in for a storage in tests keeps the contract, too.
class MemoryStorageTest extends MediaStorageContract {
    private final MemoryStorage storage = new MemoryStorage();

    @Override
    protected MediaStorage open() {
        return storage;
    }
}
