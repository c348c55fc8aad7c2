package dev.bocau.media;

import dev.bocau.model.Media;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// What something that was uploaded was found to be.
sealed interface Found {
    byte GOOD = 1;
    byte BAD = 2;

    /// It can be sent.
    record Good(Media media) implements Found {}

    /// It cannot, for this reason.
    record Bad(String reason) implements Found {}

    /// Whether what has come is kept as it came: of an image another form is kept.
    default boolean isBytes() {
        return this instanceof Good(Media media) && media.size() == null;
    }

    default byte[] encode() {
        return switch (this) {
            case Good(Media media) -> tagged(GOOD, media.encode());
            case Bad(String reason) -> tagged(BAD, reason.getBytes(StandardCharsets.UTF_8));
        };
    }

    private static byte[] tagged(byte tag, byte[] bytes) {
        byte[] tagged = new byte[bytes.length + 1];
        tagged[0] = tag;
        System.arraycopy(bytes, 0, tagged, 1, bytes.length);
        return tagged;
    }

    static Found decode(byte[] encoded) {
        byte[] rest = Arrays.copyOfRange(encoded, 1, encoded.length);
        return switch (encoded[0]) {
            case GOOD -> new Good(Media.decode(rest));
            case BAD -> new Bad(new String(rest, StandardCharsets.UTF_8));
            default -> throw new IllegalArgumentException("found in the form " + encoded[0]);
        };
    }
}
