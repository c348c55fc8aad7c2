package dev.bocau.gateway.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which bytes of something that never changes a request asks for (RFC 9110, sections 13 and 14).
/// Several ranges at once are answered with everything, as is allowed.
///
/// @param status 200 everything; 206 a range; 304 the client has it; 416 there are no such bytes
record Span(int status, long from, long length) {
    private static final int BUFFER_BYTES = 1 << 17;
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    /// Sets what is told in front of the bytes.
    static Span of(Context request, long bytes, String tag) {
        request.header("ETag", tag).header("Accept-Ranges", "bytes");
        Span span = asked(request, bytes, tag);
        request.status(span.status());
        if (span.status == 206) {
            request.header(
                    "Content-Range",
                    "bytes %d-%d/%d".formatted(span.from, span.from + span.length - 1, bytes));
        } else if (span.status == 416) {
            request.header("Content-Range", "bytes */" + bytes);
        }
        if (span.hasBytes()) {
            request.res().setContentLengthLong(span.length);
        }
        return span;
    }

    boolean hasBytes() {
        return status < 300;
    }

    private static Span asked(Context request, long bytes, String tag) {
        String known = request.header("If-None-Match");
        if (known != null && (known.equals("*") || known.contains(tag))) {
            return new Span(304, 0, 0);
        }
        String condition = request.header("If-Range");
        boolean same = condition == null || condition.equals(tag);
        String range = request.header("Range");
        return range == null || !same ? new Span(200, 0, bytes) : range(range, bytes);
    }

    private static Span range(String range, long bytes) {
        Matcher asked = RANGE.matcher(range);
        if (!asked.matches() || range.equals("bytes=-")) {
            return new Span(200, 0, bytes);
        }
        @Nullable Long first = number(asked.group(1));
        @Nullable Long last = number(asked.group(2));
        long from = first == null ? Math.max(0, bytes - orZero(last)) : first;
        long to = first == null || last == null ? bytes - 1 : Math.min(last, bytes - 1);
        if (first != null && last != null && last < first) {
            return new Span(200, 0, bytes);
        }
        return from >= bytes ? new Span(416, 0, 0) : new Span(206, from, to - from + 1);
    }

    private static long orZero(@Nullable Long number) {
        return number == null ? 0 : number;
    }

    private static @Nullable Long number(String digits) {
        return digits.isEmpty() ? null : Long.valueOf(digits);
    }

    /// Passes the bytes on. Compressing them would take their length, and their ranges, away.
    void write(Context request, InputStream in) throws IOException {
        OutputStream out = request.res().getOutputStream();
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            out.write(buffer, 0, read);
        }
        out.flush();
    }
}
