package dev.bocau.gateway.socketio;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The Engine.IO packets of one request or answer of polling, in which a character that no JSON
/// holds stands between them.
final class Payload {
    static final String TYPE = "text/plain; charset=utf-8";
    private static final char SEPARATOR = '\u001e';

    private Payload() {}

    static List<String> packets(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        List<String> packets = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf(SEPARATOR); at >= 0; at = text.indexOf(SEPARATOR, from)) {
            packets.add(text.substring(from, at));
            from = at + 1;
        }
        packets.add(text.substring(from));
        return packets;
    }

    static byte[] of(List<String> packets) {
        return String.join(String.valueOf(SEPARATOR), packets).getBytes(StandardCharsets.UTF_8);
    }
}
