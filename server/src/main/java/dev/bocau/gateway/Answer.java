package dev.bocau.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What a request is answered.
///
/// @param contentType empty: there is no body
/// @param more further headers
/// @param last whether the socket is closed behind it
record Answer(
        HttpResponseStatus status,
        String contentType,
        byte[] body,
        Map<CharSequence, String> more,
        boolean last) {
    private static final String WORDS = "text/plain; charset=utf-8";
    private static final byte[] NOTHING = {};

    /// In words for a person, because whoever asked this goes about it the wrong way; the socket is
    /// closed.
    static Answer refusal(
            HttpResponseStatus status, String reason, Map<CharSequence, String> more) {
        byte[] words = (reason + "\n").getBytes(StandardCharsets.UTF_8);
        return new Answer(status, WORDS, words, more, true);
    }

    static Answer empty(HttpResponseStatus status, Map<CharSequence, String> more) {
        return new Answer(status, "", NOTHING, more, false);
    }

    void describe(HttpHeaders headers) {
        if (!contentType.isEmpty()) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, contentType)
                    .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        }
        more.forEach(headers::set);
    }
}
