package dev.bocau.model;

import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// The server's name for a message: a UUID of version 7 (RFC 9562, section 5.7) whose time is the
/// message's timestamp.
public record MessageId(UUID uuid) {
    private static final int TEXT_LENGTH = 36;

    /// A new id with the given time in Unix milliseconds.
    public static MessageId at(long timestampMs, RandomGenerator random) {
        long high = (timestampMs << 16) | 0x7000L | (random.nextLong() & 0x0fffL);
        long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new MessageId(new UUID(high, low));
    }

    public static Optional<MessageId> parse(String text) {
        if (text.length() != TEXT_LENGTH) {
            return Optional.empty();
        }
        try {
            return Optional.of(new MessageId(UUID.fromString(text)));
        } catch (IllegalArgumentException notAUuid) {
            return Optional.empty();
        }
    }

    public long timestampMs() {
        return uuid.getMostSignificantBits() >>> 16;
    }

    @Override
    public String toString() {
        return uuid.toString();
    }
}
