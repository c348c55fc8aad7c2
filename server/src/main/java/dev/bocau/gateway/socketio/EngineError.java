package dev.bocau.gateway.socketio;

import dev.bocau.gateway.Exchange;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What is wrong with a request, with the numbers and words that Engine.IO's clients know, in the
/// order of the numbers.
enum EngineError {
    UNKNOWN_TRANSPORT("Transport unknown"),
    UNKNOWN_SID("Session ID unknown"),
    BAD_HANDSHAKE_METHOD("Bad handshake method"),
    BAD_REQUEST("Bad request"),
    FORBIDDEN("Forbidden"),
    UNSUPPORTED_PROTOCOL_VERSION("Unsupported protocol version");

    private final String words;

    EngineError(String words) {
        this.words = words;
    }

    void tell(Exchange exchange) {
        String body = "{\"code\":%d,\"message\":\"%s\"}".formatted(ordinal(), words);
        exchange.answer(
                HttpResponseStatus.BAD_REQUEST,
                "application/json",
                body.getBytes(StandardCharsets.US_ASCII),
                Map.of());
    }
}
