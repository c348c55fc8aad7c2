package dev.bocau.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/// Functions of a package that Redis runs, each in one piece: the package's `.lua` files. `VERSION`
/// in them stands for what they are in this release, so that nodes of two releases can each have
/// their own.
public final class Library {
    private final RedisCluster redis;
    private final String version;

    /// @param name as the first file says it behind `#!lua name=bocau_`
    /// @param beside a class of the package
    public Library(RedisCluster redis, String name, Class<?> beside, String... files) {
        this.redis = redis;
        String code =
                String.join("\n", List.of(files).stream().map(file -> text(beside, file)).toList());
        this.version = version(code);
        redis.load("bocau_%s_%s".formatted(name, version), code.replace("VERSION", version));
    }

    private static String text(Class<?> beside, String name) {
        try (InputStream file = beside.getResourceAsStream(name)) {
            return new String(
                    Objects.requireNonNull(file, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String version(String code) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(code.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /// Calls a function, and waits for what it returns.
    ///
    /// @param name without `bocau_` and the version
    /// @param keys all of one slot
    /// @param arguments bytes as they are, anything else as it is written
    /// @throws RedisUnavailable if it did not answer; it may have run, or may still
    public List<Object> call(String name, List<String> keys, Object... arguments) {
        List<byte[]> bytes = List.of(arguments).stream().map(Library::bytes).toList();
        return redis.call("bocau_%s_%s".formatted(name, version), keys, bytes);
    }

    private static byte[] bytes(Object argument) {
        return argument instanceof byte[] bytes
                ? bytes
                : argument.toString().getBytes(StandardCharsets.UTF_8);
    }

    // ---------------------------------------------------------------------------------------------- what Redis answers

    @SuppressWarnings("unchecked")
    public static List<Object> list(Object answer) {
        return (List<Object>) answer;
    }

    public static String text(Object answer) {
        return new String((byte[]) answer, StandardCharsets.UTF_8);
    }

    public static long number(Object answer) {
        return Long.parseLong(text(answer));
    }
}
