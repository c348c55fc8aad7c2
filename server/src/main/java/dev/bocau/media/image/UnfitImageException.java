package dev.bocau.media.image;

import java.io.IOException;

/// An image that is broken, or larger than it may be.
public final class UnfitImageException extends IOException {
    UnfitImageException(String message) {
        super(message);
    }
}
