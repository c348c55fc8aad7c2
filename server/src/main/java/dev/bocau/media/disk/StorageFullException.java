package dev.bocau.media.disk;

import java.io.IOException;

/// There is no room for what was to be written.
public final class StorageFullException extends IOException {
    StorageFullException() {
        super("the disk of media is full");
    }
}
