package dev.bocau.bench.subject;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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
import java.util.concurrent.TimeUnit;

/// Bocau itself, started as its users start it: `./bocau serve`.
public final class Bocau implements Subject {
    private static final String HOST = "127.0.0.1";
    private static final long START_S = 60;
    private static final long STOP_S = 20;

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, String> tokens = new ConcurrentHashMap<>();
    private final Path data;
    private final Process process;
    private final int httpPort;
    private final int realtimePort;

    /// Starts a server on an empty folder.
    ///
    /// @param settings environment variables that differ from the standard
    public Bocau(Path folder, Map<String, String> settings) throws IOException {
        Files.createDirectories(folder);
        data = folder.resolve("data");
        httpPort = freePort();
        realtimePort = freePort();
        int opsPort = freePort();
        Map<String, String> environment = new HashMap<>(settings);
        environment.put("BOCAU_DATA_DIR", data.toString());
        environment.put("BOCAU_HTTP_PORT", Integer.toString(httpPort));
        environment.put("BOCAU_REALTIME_PORT", Integer.toString(realtimePort));
        environment.put("BOCAU_OPS_PORT", Integer.toString(opsPort));
        File log = folder.resolve("bocau.log").toFile();
        ProcessBuilder builder =
                new ProcessBuilder("./bocau", "serve")
                        .redirectErrorStream(true)
                        .redirectOutput(log);
        builder.environment().putAll(environment);
        process = builder.start();
        awaitHealth(URI.create("http://%s:%d/health".formatted(HOST, opsPort)), log);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitHealth(URI health, File log) throws IOException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_S);
        while (process.isAlive() && System.nanoTime() < until) {
            try {
                if (ask(HttpRequest.newBuilder(health)).statusCode() == 200) {
                    return;
                }
            } catch (IOException notYet) {
                waitFor(50);
            }
        }
        process.destroyForcibly();
        throw new IOException("the server did not start: " + Files.readString(log.toPath()));
    }

    private void waitFor(long ms) throws IOException {
        try {
            if (process.waitFor(ms, TimeUnit.MILLISECONDS)) {
                throw new IOException("the server has ended");
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private HttpResponse<String> ask(HttpRequest.Builder request) throws IOException {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private String admin(String method, String path, String body) throws IOException {
        HttpResponse<String> response =
                ask(
                        HttpRequest.newBuilder(
                                        URI.create(
                                                "http://%s:%d%s".formatted(HOST, httpPort, path)))
                                .header(
                                        "Authorization",
                                        "Bearer "
                                                + Files.readString(data.resolve("admin.key"))
                                                        .strip())
                                .method(method, HttpRequest.BodyPublishers.ofString(body)));
        if (response.statusCode() / 100 != 2) {
            throw new IOException(method + " " + path + ": " + response.body());
        }
        return response.body();
    }

    private String token(String user) throws IOException {
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
        return "fdatasync before each confirmation";
    }

    @Override
    public List<Long> pids() {
        return List.of(process.pid());
    }

    @Override
    public void prepare(List<Pair> pairs) throws IOException {
        for (Pair pair : pairs) {
            admin(
                    "PUT",
                    "/v1/conversations/" + pair.conversation(),
                    "{\"kind\":\"direct\",\"members\":[\"%s\",\"%s\"]}"
                            .formatted(pair.one(), pair.other()));
        }
    }

    @Override
    public Client connect(String user, String device, Ear ear) throws IOException {
        BocauClient client = new BocauClient(token(user), device, ear);
        ClientThread.connect(HOST, realtimePort, client);
        client.awaitReady();
        return client;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
        }
    }
}
