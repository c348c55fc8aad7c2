package dev.bocau.model;

import java.util.Optional;
import java.util.random.RandomGenerator;

/// The name of something that was uploaded: 128 random bits in hexadecimal, which nobody guesses.
public record MediaId(String value) {
    private static final String FORM = "[0-9a-f]{32}";

    public static MediaId random(RandomGenerator random) {
        return new MediaId("%016x%016x".formatted(random.nextLong(), random.nextLong()));
    }

    /// Empty if the text is none.
    public static Optional<MediaId> parse(String text) {
        return text.matches(FORM) ? Optional.of(new MediaId(text)) : Optional.empty();
    }

    @Override
    public String toString() {
        return value;
    }
}
