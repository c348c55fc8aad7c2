package dev.bocau.config;

import dev.bocau.limits.Limits;
import dev.bocau.model.ReadTime;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The configuration of one server. {@link Setting#ALL} says what each key means.
public record Config(
        Path dataDir,
        String bind,
        int httpPort,
        int realtimePort,
        Optional<Integer> tcpPort,
        Optional<Integer> mqttPort,
        int opsPort,
        String opsBind,
        Optional<String> websocketUrl,
        Optional<String> pollUrl,
        Set<String> corsOrigins,
        Optional<Tls> tls,
        Optional<Cluster> cluster,
        Optional<String> adminKey,
        Optional<String> tokenKey,
        Auth auth,
        ReadTime readTime,
        Push push,
        Media media,
        boolean jsonLogs,
        Limits limits,
        Map<String, String> values) {

    /// Whose tokens are good, apart from the server's own.
    public record Auth(
            Optional<String> secret,
            Optional<String> ed25519,
            Optional<URI> jwksUrl,
            Optional<String> issuer,
            Optional<String> audience) {}

    /// Where the engines are that all servers of a cluster share.
    ///
    /// @param password of `user`; empty where there is none
    public record Cluster(
            List<String> cassandra,
            String datacenter,
            String keyspace,
            Optional<String> user,
            String password,
            List<String> redis,
            String name) {}

    /// Where images and files are kept.
    ///
    /// @param types which are taken
    /// @param url what their URLs begin with, or empty
    public record Media(Path dir, List<String> types, String url, Optional<S3> s3) {}

    /// A bucket.
    ///
    /// @param secretKey of `accessKey`; empty where there is none
    public record S3(
            String bucket,
            Optional<URI> endpoint,
            String region,
            Optional<String> accessKey,
            String secretKey,
            boolean redirect) {}

    /// PEM files.
    public record Tls(Path certificate, Path key) {}

    /// Which devices can be woken that do not listen.
    ///
    /// @param content whether pushes have the text of messages
    public record Push(
            boolean content, Optional<Web> web, Optional<Path> fcm, Optional<Apns> apns) {

        /// For browsers.
        ///
        /// @param services hosts or origins of push services
        public record Web(
                String publicKey, String privateKey, String contact, List<String> services) {}

        /// For Apple's devices.
        public record Apns(Path key, String keyId, String teamId, String topic, String host) {}
    }

    private static final int MAX_PORT = 65_535;
    private static final int KEY_CHARS = 16;
    private static final int SECRET_CHARS = 32;
    private static final YAMLMapper YAML =
            YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    /// The configuration in words that its author can act on, if it cannot be used.
    public static final class Invalid extends RuntimeException {
        Invalid(String message) {
            super(message);
        }
    }

    /// Reads a configuration: standard values, then the file, then the environment, then what was
    /// said on the command line.
    ///
    /// @throws Invalid naming the key and what it is to be
    public static Config load(Optional<Path> file, Map<String, String> environment) {
        Map<String, String> values = new LinkedHashMap<>();
        Setting.ALL.forEach(setting -> values.put(setting.key(), setting.standard()));
        file.ifPresent(path -> apply(values, read(path), path.toString()));
        apply(values, fromEnvironment(environment), "the environment");
        return of(values);
    }

    private static void apply(Map<String, String> values, Map<String, String> more, String from) {
        more.forEach((key, value) -> {
            if (values.replace(key, value) == null) {
                throw new Invalid("%s: no such key: %s".formatted(from, key));
            }
        });
    }

    private static Map<String, String> read(Path file) {
        try {
            JsonNode root = YAML.readTree(Files.readString(file));
            Object tree = root.isMissingNode() ? null : YAML.treeToValue(root, Object.class);
            Map<String, String> flat = new LinkedHashMap<>();
            flatten("", tree, flat, file);
            return flat;
        } catch (NoSuchFileException e) {
            throw new Invalid("no such file: " + file);
        } catch (IOException e) {
            throw new Invalid("cannot read %s: %s".formatted(file, e.getMessage()));
        } catch (JacksonException e) {
            throw new Invalid("%s is not YAML: %s".formatted(file, e.getOriginalMessage()));
        }
    }

    private static void flatten(
            String prefix, @Nullable Object tree, Map<String, String> flat, Path file) {
        switch (tree) {
            case null -> {}
            case Map<?, ?> map ->
                    map.forEach((key, value) ->
                            flatten(
                                    prefix.isEmpty() ? "" + key : prefix + "." + key,
                                    value,
                                    flat,
                                    file));
            case Iterable<?> list ->
                    throw new Invalid("%s: %s is not to be a list".formatted(file, prefix));
            default -> {
                if (prefix.isEmpty()) {
                    throw new Invalid("%s is to hold keys and values".formatted(file));
                }
                flat.put(prefix, tree.toString());
            }
        }
    }

    private static Map<String, String> fromEnvironment(Map<String, String> environment) {
        Map<String, String> known = new HashMap<>();
        Setting.ALL.forEach(setting -> known.put(setting.variable(), setting.key()));
        Map<String, String> values = new LinkedHashMap<>();
        environment.forEach((variable, value) -> {
            if (variable.startsWith("BOCAU_")) {
                String key = known.get(variable);
                if (key == null) {
                    throw new Invalid("the environment: no such key: " + variable);
                }
                values.put(key, value);
            }
        });
        return values;
    }

    private static Config of(Map<String, String> values) {
        Auth auth =
                new Auth(
                        optional(values, "auth.secret"),
                        optional(values, "auth.ed25519"),
                        url(values, "auth.jwksUrl", "http", "https"),
                        optional(values, "auth.issuer"),
                        optional(values, "auth.audience"));
        checkLength("auth.secret", auth.secret, SECRET_CHARS);
        Optional<String> adminKey = optional(values, "adminKey");
        checkLength("adminKey", adminKey, KEY_CHARS);
        Optional<String> tokenKey = optional(values, "tokenKey");
        checkLength("tokenKey", tokenKey, SECRET_CHARS);
        boolean clustered = oneOf(values, "store", "embedded", "cluster").equals("cluster");
        if (clustered && (adminKey.isEmpty() || tokenKey.isEmpty())) {
            throw new Invalid(
                    "store: cluster needs adminKey and tokenKey, the same on all servers");
        }
        ReadTime readTime =
                ReadTime.valueOf(
                        oneOf(values, "readTime", "earliest_read_wins", "last_writer_wins")
                                .toUpperCase(Locale.ROOT));
        return new Config(
                Path.of(text(values, "dataDir")),
                text(values, "bind"),
                port(values, "httpPort"),
                port(values, "realtimePort"),
                optionalPort(values, "tcpPort"),
                optionalPort(values, "mqttPort"),
                port(values, "opsPort"),
                text(values, "opsBind"),
                url(values, "websocketUrl", "ws", "wss").map(URI::toString),
                url(values, "pollUrl", "http", "https").map(URI::toString),
                origins(values),
                tls(values),
                clustered ? Optional.of(cluster(values)) : Optional.empty(),
                adminKey,
                tokenKey,
                auth,
                readTime,
                push(values),
                media(values),
                oneOf(values, "logFormat", "text", "json").equals("json"),
                limits(values),
                Map.copyOf(values));
    }

    private static void checkLength(String key, Optional<String> secret, int least) {
        if (secret.filter(it -> it.length() < least).isPresent()) {
            throw new Invalid("%s is to have at least %d characters".formatted(key, least));
        }
    }

    private static Cluster cluster(Map<String, String> values) {
        String name = values.getOrDefault("cluster.name", "");
        if (!name.matches("[A-Za-z0-9._-]{0,40}")) {
            throw new Invalid("cluster.name is to have at most 40 characters of A-Z a-z 0-9 . _ -");
        }
        String keyspace = text(values, "cluster.keyspace");
        if (!keyspace.matches("[a-z][a-z0-9_]{0,47}")) {
            throw new Invalid(
                    "cluster.keyspace is to be a letter and at most 47 more of a-z 0-9 _");
        }
        return new Cluster(
                list(values, "cluster.cassandra", "[^:]+:[0-9]{1,5}", "host:port"),
                text(values, "cluster.datacenter"),
                keyspace,
                optional(values, "cluster.cassandraUser"),
                values.getOrDefault("cluster.cassandraPassword", ""),
                list(values, "cluster.redis", "rediss?://.+", "redis://host:port"),
                name);
    }

    private static Push push(Map<String, String> values) {
        return new Push(
                oneOf(values, "push.content", "true", "false").equals("true"),
                optional(values, "push.web.publicKey").map(key -> web(values, key)),
                optional(values, "push.fcm.credentials").map(Path::of),
                optional(values, "push.apns.key").map(key -> apns(values, Path.of(key))));
    }

    private static Push.Web web(Map<String, String> values, String publicKey) {
        String contact = text(values, "push.web.contact");
        if (!contact.matches("(mailto:|https://).+")) {
            throw new Invalid("push.web.contact is to be mailto:… or https://…");
        }
        return new Push.Web(
                publicKey,
                text(values, "push.web.privateKey"),
                contact,
                list(
                        values,
                        "push.web.services",
                        "(\\*\\.)?[a-z0-9.-]+|https?://[^/\\s]+",
                        "hosts, or origins"));
    }

    private static Push.Apns apns(Map<String, String> values, Path key) {
        return new Push.Apns(
                key,
                text(values, "push.apns.keyId"),
                text(values, "push.apns.teamId"),
                text(values, "push.apns.topic"),
                text(values, "push.apns.host"));
    }

    private static Media media(Map<String, String> values) {
        Path dir =
                optional(values, "media.dir")
                        .map(Path::of)
                        .orElseGet(() -> Path.of(text(values, "dataDir")).resolve("media"));
        boolean redirect = oneOf(values, "media.s3.redirect", "true", "false").equals("true");
        String secretKey = values.getOrDefault("media.s3.secretKey", "");
        Optional<String> accessKey = optional(values, "media.s3.accessKey");
        if (accessKey.isPresent() == secretKey.isBlank()) {
            throw new Invalid("media.s3.accessKey and media.s3.secretKey are to be set together");
        }
        Optional<URI> endpoint = url(values, "media.s3.endpoint", "http", "https");
        String region = text(values, "media.s3.region");
        return new Media(
                dir,
                list(values, "media.types", "[a-z*]+/[a-z0-9.+*-]+", "type/subtype"),
                url(values, "media.url", "http", "https")
                        .map(url -> url.toString().replaceFirst("/+$", ""))
                        .orElse(""),
                optional(values, "media.s3.bucket")
                        .map(bucket ->
                                new S3(bucket, endpoint, region, accessKey, secretKey, redirect)));
    }

    private static List<String> list(
            Map<String, String> values, String key, String pattern, String form) {
        List<String> list =
                Arrays.stream(values.getOrDefault(key, "").split(",", -1))
                        .map(String::strip)
                        .toList();
        if (!list.stream().allMatch(each -> each.matches(pattern))) {
            throw new Invalid("%s is to be %s, commas between".formatted(key, form));
        }
        return list;
    }

    private static Set<String> origins(Map<String, String> values) {
        Set<String> origins = new LinkedHashSet<>();
        for (String each : values.getOrDefault("corsOrigins", "").split(",", -1)) {
            String origin = each.strip();
            if (!origin.matches("\\*|https?://[^/\\s]+|")) {
                throw new Invalid(
                        "corsOrigins is to be *, or origins like https://chat.example.org, not '%s'"
                                .formatted(origin));
            }
            if (!origin.isEmpty()) {
                origins.add(origin);
            }
        }
        return Set.copyOf(origins);
    }

    private static Optional<Tls> tls(Map<String, String> values) {
        Optional<Path> certificate = optional(values, "tls.certificate").map(Path::of);
        Optional<Path> key = optional(values, "tls.key").map(Path::of);
        if (certificate.isPresent() != key.isPresent()) {
            throw new Invalid("tls.certificate and tls.key are to be set together");
        }
        return certificate.flatMap(file -> key.map(secret -> new Tls(file, secret)));
    }

    private static Limits limits(Map<String, String> values) {
        Map<String, Integer> limits = new LinkedHashMap<>();
        for (String name : Limits.standard().asMap().keySet()) {
            limits.put(name, number(values, "limits." + name));
        }
        try {
            return Limits.standard(limits);
        } catch (IllegalArgumentException e) {
            throw new Invalid(String.valueOf(e.getMessage()));
        }
    }

    private static String text(Map<String, String> values, String key) {
        String value = values.getOrDefault(key, "");
        if (value.isBlank()) {
            throw new Invalid(key + " is not to be empty");
        }
        return value;
    }

    private static Optional<String> optional(Map<String, String> values, String key) {
        return Optional.of(values.getOrDefault(key, "")).filter(value -> !value.isBlank());
    }

    private static int port(Map<String, String> values, String key) {
        int port = number(values, key);
        if (port < 0 || port > MAX_PORT) {
            throw new Invalid("%s is to be a port, 0 to %d, not %d".formatted(key, MAX_PORT, port));
        }
        return port;
    }

    private static Optional<Integer> optionalPort(Map<String, String> values, String key) {
        return optional(values, key).map(set -> port(values, key));
    }

    private static int number(Map<String, String> values, String key) {
        String value = text(values, key);
        try {
            return Integer.parseInt(value.replace("_", ""));
        } catch (NumberFormatException e) {
            throw new Invalid("%s is to be a whole number, not '%s'".formatted(key, value));
        }
    }

    private static String oneOf(Map<String, String> values, String key, String... allowed) {
        String value = text(values, key);
        for (String each : allowed) {
            if (each.equals(value)) {
                return value;
            }
        }
        throw new Invalid(
                "%s is to be %s, not '%s'".formatted(key, String.join(" or ", allowed), value));
    }

    private static Optional<URI> url(Map<String, String> values, String key, String... schemes) {
        Optional<String> value = optional(values, key);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        try {
            URI uri = new URI(value.get());
            if (uri.getHost() != null && List.of(schemes).contains(uri.getScheme())) {
                return Optional.of(uri);
            }
        } catch (URISyntaxException e) {
            // Told below.
        }
        throw new Invalid(
                "%s is to be a URL with %s, not '%s'"
                        .formatted(key, String.join(" or ", schemes), value.get()));
    }

    /// What differs from the standard, one key a line, secrets hidden.
    public String shown() {
        StringBuilder shown = new StringBuilder();
        for (Setting setting : Setting.ALL) {
            String value = values.getOrDefault(setting.key(), "");
            if (!value.equals(setting.standard())) {
                shown.append(setting.key())
                        .append(": ")
                        .append(setting.secret() ? "(hidden)" : value)
                        .append('\n');
            }
        }
        return shown.toString();
    }
}
