package dev.bocau.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// The server's jar as a process of its own, which can be killed and started again on the same
/// ports.
final class RealServer implements AutoCloseable {
    private static final Path JAR = Path.of("../server/target/bocau.jar").toAbsolutePath();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");

    private static final Pattern CONNECTIONS =
            Pattern.compile("(?m)^bocau_connections\\{transport=\"tcp\"} (\\S+)");

    private final Path folder;
    private final int httpPort = freePort();
    private final int opsPort = freePort();
    private final Map<String, String> environment = new HashMap<>();
    final int tcpPort = freePort();
    private @Nullable Process process;

    RealServer(Path folder, Map<String, String> settings) {
        if (!Files.exists(JAR)) {
            throw new IllegalStateException("no " + JAR + ": ./mvnw verify builds it first");
        }
        this.folder = folder;
        environment.put("BOCAU_DATA_DIR", folder.resolve("data").toString());
        environment.put("BOCAU_HTTP_PORT", Integer.toString(httpPort));
        environment.put("BOCAU_REALTIME_PORT", "0");
        environment.put("BOCAU_TCP_PORT", Integer.toString(tcpPort));
        environment.put("BOCAU_OPS_PORT", Integer.toString(opsPort));
        environment.put("BOCAU_LIMITS_DELIVERED_WINDOW_MS", "20");
        environment.put("BOCAU_LIMITS_READ_WINDOW_MS", "20");
        environment.putAll(settings);
        start();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// Returns when it is healthy.
    void start() {
        ProcessBuilder builder =
                new ProcessBuilder(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx256m",
                                "-jar",
                                JAR.toString(),
                                "serve"));
        builder.environment().keySet().removeIf(name -> name.startsWith("BOCAU_"));
        builder.environment().putAll(environment);
        Path output = folder.resolve("output");
        builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        try {
            Process started = builder.start();
            process = started;
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> healthy() || !started.isAlive());
            if (!started.isAlive()) {
                throw new AssertionError(Files.readString(output));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private boolean healthy() {
        try {
            return ask("http://127.0.0.1:" + opsPort + "/health", "GET", "", "").statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /// As kill -9 does.
    void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            running.onExit().join();
        }
    }

    /// Stops the process without ending it, or lets it go on.
    void signal(String name) throws IOException, InterruptedException {
        Process running = process;
        if (running != null) {
            String pid = Long.toString(running.pid());
            new ProcessBuilder("kill", "-" + name, pid).inheritIO().start().waitFor();
        }
    }

    String token(String user) {
        return token(user, "");
    }

    String token(String user, String wanted) {
        String answer = admin("POST", "/v1/users/" + user + "/tokens", wanted);
        Matcher token = TOKEN.matcher(answer);
        if (!token.find()) {
            throw new AssertionError(answer);
        }
        return token.group(1);
    }

    void direct(String id, String one, String other) {
        String members = "[\"" + one + "\",\"" + other + "\"]";
        admin(
                "PUT",
                "/v1/conversations/" + id,
                "{\"kind\":\"direct\",\"members\":" + members + "}");
    }

    String admin(String method, String path, String body) {
        try {
            String key = Files.readString(folder.resolve("data").resolve("admin.key")).strip();
            HttpResponse<String> answer =
                    ask("http://127.0.0.1:" + httpPort + path, method, key, body);
            if (answer.statusCode() >= 300) {
                throw new AssertionError(answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// How many the server holds.
    int connections() {
        try {
            String metrics = ask("http://127.0.0.1:" + opsPort + "/metrics", "GET", "", "").body();
            Matcher gauge = CONNECTIONS.matcher(metrics);
            if (!gauge.find()) {
                throw new AssertionError(metrics);
            }
            return (int) Double.parseDouble(gauge.group(1));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static HttpResponse<String> ask(String url, String method, String key, String body)
            throws IOException {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(url))
                            .method(method, HttpRequest.BodyPublishers.ofString(body))
                            .header("Authorization", "Bearer " + key)
                            .build();
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
