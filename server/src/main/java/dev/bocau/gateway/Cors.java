package dev.bocau.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Whose pages may read what is answered here (the Fetch standard's CORS protocol). Nothing is let
/// in by a cookie, only by a token that a page has to know, so this keeps strangers' pages from
/// speaking at all rather than from speaking in their visitor's name.
///
/// @param origins such as `https://chat.example.org`; `*` for all
public record Cors(Set<String> origins) {
    private static final String ANY = "*";
    private static final String AGAIN_SECONDS = "7200";

    /// Headers of ours that a page's script may read.
    private static final String EXPOSED = "Bocau-Session, Bocau-Close";

    boolean isPreflight(Exchange exchange) {
        return exchange.method().equals(HttpMethod.OPTIONS)
                && exchange.headers().contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
    }

    /// What a browser is told that asks before it asks.
    Answer preflight(Exchange exchange) {
        Map<CharSequence, String> more = new HashMap<>();
        more.put(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST");
        more.put(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, AGAIN_SECONDS);
        String wanted = exchange.headers().get(HttpHeaderNames.ACCESS_CONTROL_REQUEST_HEADERS);
        if (wanted != null) {
            more.put(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, wanted);
        }
        return Answer.empty(HttpResponseStatus.NO_CONTENT, more);
    }

    /// Adds to an answer what lets the asking page read it.
    void allow(Optional<String> origin, HttpHeaders headers) {
        if (origin.isEmpty()) {
            return;
        }
        if (origins.contains(ANY)) {
            headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
        } else if (origins.contains(origin.get())) {
            headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin.get())
                    .set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        } else {
            return;
        }
        headers.set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED)
                .add(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN);
    }
}
