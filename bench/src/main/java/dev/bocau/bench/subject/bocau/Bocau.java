package dev.bocau.bench.subject.bocau;

import dev.bocau.bench.subject.Device;
import dev.bocau.bench.subject.ServerProcess;
import dev.bocau.bench.subject.Subject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// Bocau itself, started as its users start it: `./bocau serve`.
public final class Bocau implements Subject {
    private static final String HTTP = "http://127.0.0.1:";

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, String> tokens = new ConcurrentHashMap<>();
    private final String adminKey;
    private final long acceptedAfterNs;
    private final ServerProcess server;
    private final int httpPort;
    private final int realtimePort;
    private final int tcpPort;
    private final int mqttPort;

    /// Starts a server on an empty folder.
    public Bocau(Path folder) throws IOException {
        this(folder, Map.of());
    }

    /// Starts a server on an empty folder, set in a special way.
    ///
    /// @param special environment variables
    public Bocau(Path folder, Map<String, String> special) throws IOException {
        Path data = folder.resolve("data");
        httpPort = ServerProcess.freePort();
        realtimePort = ServerProcess.freePort();
        tcpPort = ServerProcess.freePort();
        mqttPort = ServerProcess.freePort();
        int opsPort = ServerProcess.freePort();
        Map<String, String> settings = new HashMap<>(special);
        settings.put("BOCAU_DATA_DIR", data.toString());
        settings.put("BOCAU_HTTP_PORT", Integer.toString(httpPort));
        settings.put("BOCAU_REALTIME_PORT", Integer.toString(realtimePort));
        settings.put("BOCAU_TCP_PORT", Integer.toString(tcpPort));
        settings.put("BOCAU_MQTT_PORT", Integer.toString(mqttPort));
        settings.put("BOCAU_OPS_PORT", Integer.toString(opsPort));
        settings.put("BOCAU_LIMITS_CONNECTIONS", "100000");
        settings.put("BOCAU_LIMITS_CONNECTS_PER_SECOND", "100000");
        settings.put("BOCAU_LIMITS_FRAMES_PER_SECOND", "100000");
        long begun = System.nanoTime();
        server =
                new ServerProcess(
                        folder.resolve("bocau.log"), settings, List.of("./bocau", "serve"));
        try {
            server.awaitPort(realtimePort);
            acceptedAfterNs = System.nanoTime() - begun;
            server.awaitPort(opsPort);
            ask(HttpRequest.newBuilder(URI.create(HTTP + opsPort + "/health")));
            adminKey = Files.readString(data.resolve("admin.key")).strip();
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    /// From the start of its process to its first connection.
    public long acceptedAfterNs() {
        return acceptedAfterNs;
    }

    /// Of `/ws`, `/poll` and `/socket.io`.
    public int realtimePort() {
        return realtimePort;
    }

    public int tcpPort() {
        return tcpPort;
    }

    public int mqttPort() {
        return mqttPort;
    }

    private String ask(HttpRequest.Builder builder) throws IOException {
        HttpRequest request = builder.build();
        try {
            HttpResponse<String> response =
                    http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new IOException(request + ": " + response.body());
            }
            return response.body();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private String admin(String method, String path, String body) throws IOException {
        return ask(
                HttpRequest.newBuilder(URI.create(HTTP + httpPort + path))
                        .header("Authorization", "Bearer " + adminKey)
                        .method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    /// Something on its HTTP port.
    public URI http(String path) {
        return URI.create(HTTP + httpPort + path);
    }

    /// What lets a user in, made once.
    public String token(String user) throws IOException {
        String known = tokens.get(user);
        if (known == null) {
            known =
                    admin("POST", "/v1/users/" + user + "/tokens", "")
                            .replaceAll(".*\"token\":\"([^\"]*)\".*", "$1");
            tokens.put(user, known);
        }
        return known;
    }

    @Override
    public String name() {
        return "Bocau";
    }

    @Override
    public String durability() {
        return "on disk: one fdatasync before the confirmations that share it";
    }

    @Override
    public List<Long> pids() {
        return server.pids();
    }

    @Override
    public List<Long> jvms() {
        return List.of(server.pids().getFirst());
    }

    @Override
    public void prepare(List<Conversation> conversations) throws IOException {
        for (Conversation conversation : conversations) {
            admin(
                    "PUT",
                    "/v1/conversations/" + conversation.id(),
                    "{\"kind\":\"%s\",\"members\":[%s]}"
                            .formatted(
                                    conversation.direct() ? "direct" : "group",
                                    conversation.members().stream()
                                            .map(member -> "\"" + member + "\"")
                                            .collect(Collectors.joining(","))));
        }
    }

    @Override
    public Device device(String user, String name, Ear ear) {
        return new BocauDevice(realtimePort, () -> token(user), name, ear);
    }

    @Override
    public void close() {
        server.close();
        http.close();
    }
}
