package dev.bocau.gateway;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.Encoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// How the body of an answer is compressed (RFC 9110, section 8.4).
enum ContentCoding {
    BROTLI("br") {
        @Override
        byte[] compressed(byte[] body) throws IOException {
            return Encoder.compress(body, new Encoder.Parameters().setQuality(BROTLI_QUALITY));
        }
    },
    GZIP("gzip") {
        @Override
        byte[] compressed(byte[] body) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream(body.length / 2);
            try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
                gzip.write(body);
            }
            return out.toByteArray();
        }
    },
    IDENTITY("identity") {
        @Override
        byte[] compressed(byte[] body) {
            return body;
        }
    };

    /// Smaller and faster than gzip's standard (docs/decisions/012).
    private static final int BROTLI_QUALITY = 4;

    /// What is shorter hardly gets shorter.
    static final int WORTHWHILE_BYTES = 512;

    private final String token;

    ContentCoding(String token) {
        this.token = token;
    }

    /// Its name in headers.
    String token() {
        return token;
    }

    byte[] of(byte[] body) {
        try {
            return compressed(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    abstract byte[] compressed(byte[] body) throws IOException;

    /// Not where this machine has no library for it.
    boolean available() {
        return this != BROTLI || Brotli4jLoader.isAvailable();
    }

    /// The first of these that the client takes; weights other than 0 make no difference.
    ///
    /// @param header `Accept-Encoding`
    static ContentCoding accepted(@Nullable String header) {
        if (header == null || header.isBlank()) {
            return IDENTITY;
        }
        String[] offers = header.toLowerCase(Locale.ROOT).split(",", -1);
        for (ContentCoding each : values()) {
            for (String offer : offers) {
                if (each.isMeant(offer) && each.available()) {
                    return each;
                }
            }
        }
        return IDENTITY;
    }

    private boolean isMeant(String offer) {
        String[] parts = offer.split(";", -1);
        return parts[0].strip().equals(token)
                && (parts.length == 1 || !parts[1].strip().matches("q=0(\\.0*)?"));
    }
}
