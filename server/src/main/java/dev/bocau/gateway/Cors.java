package dev.bocau.gateway;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Whose pages may read what is answered here (the Fetch standard's CORS protocol). Nothing is let
/// in by a cookie, only by a token that a page has to know, so this keeps strangers' pages from
/// speaking at all rather than from speaking in their visitor's name.
///
/// @param origins such as `https://chat.example.org`; `*` for all
public record Cors(Set<String> origins) {
    /// With this header a browser asks before it asks.
    public static final String PREFLIGHT = "Access-Control-Request-Method";

    /// What a page would like to send, beside that.
    public static final String WANTED_HEADERS = "Access-Control-Request-Headers";

    private static final String ANY = "*";
    private static final String AGAIN_SECONDS = "7200";

    /// Headers that let the asking page read an answer; none, if it may not.
    ///
    /// @param origin of the page; empty: it is no other one's
    /// @param exposed names of headers that its script may read
    public Map<String, String> allowing(Optional<String> origin, String exposed) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (origin.isEmpty()) {
            return headers;
        }
        if (origins.contains(ANY)) {
            headers.put("Access-Control-Allow-Origin", ANY);
        } else if (origins.contains(origin.get())) {
            headers.put("Access-Control-Allow-Origin", origin.get());
            headers.put("Access-Control-Allow-Credentials", "true");
        } else {
            return headers;
        }
        headers.put("Access-Control-Expose-Headers", exposed);
        headers.put("Vary", "Origin");
        return headers;
    }

    /// Headers for a browser that asks before it asks, beside those that let it read them.
    ///
    /// @param methods that there are
    /// @param wantedHeaders that the page would like to send
    public static Map<String, String> preflight(String methods, Optional<String> wantedHeaders) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Access-Control-Allow-Methods", methods);
        headers.put("Access-Control-Max-Age", AGAIN_SECONDS);
        wantedHeaders.ifPresent(names -> headers.put("Access-Control-Allow-Headers", names));
        return headers;
    }
}
