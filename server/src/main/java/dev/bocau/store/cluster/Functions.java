package dev.bocau.store.cluster;

import dev.bocau.model.Code;
import dev.bocau.model.Refusal;
import dev.bocau.model.Refused;
import dev.bocau.redis.RedisCluster;
import dev.bocau.redis.RedisUnavailable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The functions that this release has in Redis: the `.lua` files beside this class, as one
/// library.
final class Functions {
    private static final Logger LOG = LoggerFactory.getLogger(Functions.class);
    private static final List<String> FILES =
            List.of("history.lua", "logs.lua", "devices.lua", "recent.lua");

    private final RedisCluster redis;
    private final String version;
    private volatile boolean failing;

    Functions(RedisCluster redis) {
        this.redis = redis;
        String library = String.join("\n", FILES.stream().map(Functions::text).toList());
        this.version = version(library);
        redis.load("bocau_store_" + version, library.replace("VERSION", version));
    }

    private static String text(String name) {
        try (InputStream file = Functions.class.getResourceAsStream(name)) {
            return new String(
                    Objects.requireNonNull(file, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Part of the functions' names, so that nodes of two releases can each have their own.
    private static String version(String library) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(library.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// Calls a function, and waits for what it returns.
    ///
    /// @param name without `bocau_` and the version
    /// @param keys all of one slot
    /// @throws Refused if it did not answer; it may have run, or may still
    List<Object> call(String name, List<String> keys, List<byte[]> arguments) {
        try {
            List<Object> answer =
                    redis.call("bocau_%s_%s".formatted(name, version), keys, arguments);
            failing = false;
            return answer;
        } catch (RedisUnavailable e) {
            if (!failing) {
                LOG.warn("{}: {}", name, e.getMessage());
            }
            failing = true;
            throw unavailable();
        }
    }

    static Refused unavailable() {
        return new Refused(Refusal.retry(Code.UNAVAILABLE, "the logs cannot be reached"));
    }

    // ------------------------------------------------------------------------------------------------------ what Redis says

    /// An argument: bytes as they are, anything else as it is written.
    static byte[] bytes(Object argument) {
        return argument instanceof byte[] bytes
                ? bytes
                : argument.toString().getBytes(StandardCharsets.UTF_8);
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(Object answer) {
        return (List<Object>) answer;
    }

    static String text(Object answer) {
        return new String((byte[]) answer, StandardCharsets.UTF_8);
    }

    static long number(Object answer) {
        return Long.parseLong(text(answer));
    }
}
