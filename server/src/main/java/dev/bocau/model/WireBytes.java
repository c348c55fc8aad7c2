package dev.bocau.model;

/// Upper bounds of what texts take on the wire, so that pages can be cut before they are encoded.
final class WireBytes {
    private WireBytes() {}

    /// The bytes of a text as a JSON string, which is never shorter than the same text in protobuf.
    static int of(String text) {
        int bytes = 2;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20) {
                bytes += 6;
            } else if (c == '"' || c == '\\') {
                bytes += 2;
            } else if (c < 0x80) {
                bytes += 1;
            } else {
                bytes += 3;
            }
        }
        return bytes;
    }
}
