package dev.bocau.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// The server as a process of its own, which can be killed, have its log cut and be started again
/// on the same ports.
final class ServerProcess implements AutoCloseable {
    private static final Path JAR = Path.of("../server/target/bocau.jar").toAbsolutePath();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static final Duration ANSWER = Duration.ofSeconds(10);

    /// On a machine that has much else to do a start takes its time.
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Path folder;
    private final Path shim;
    private final int httpPort = freePort();
    private final int realtimePort = freePort();
    private final int opsPort = freePort();
    private Map<String, String> settings = Map.of();
    private @Nullable Process process;

    /// @param folder for data, logs and notes
    ServerProcess(Path folder) {
        if (!Files.exists(JAR)) {
            throw new IllegalStateException("no " + JAR + ": ./bocau test builds it first");
        }
        this.folder = folder;
        this.shim = compiled(folder);
    }

    private static Path compiled(Path folder) {
        Path library = folder.resolve("synced.so");
        Path source = Path.of("src/test/c/synced.c").toAbsolutePath();
        run(List.of("gcc", "-O1", "-shared", "-fPIC", "-o", library.toString(), source.toString()));
        return library;
    }

    private static void run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException("failed: " + command);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Starts the server and waits until it is healthy.
    ServerProcess start(Map<String, String> with) {
        settings = with;
        Map<String, String> environment = new HashMap<>(with);
        environment.put("BOCAU_DATA_DIR", folder.resolve("data").toString());
        environment.put("BOCAU_HTTP_PORT", Integer.toString(httpPort));
        environment.put("BOCAU_REALTIME_PORT", Integer.toString(realtimePort));
        environment.put("BOCAU_OPS_PORT", Integer.toString(opsPort));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of("-XX:+UseCompactObjectHeaders", "-XX:TieredStopAtLevel=1", "-Xmx512m"));
        command.addAll(List.of("-jar", JAR.toString(), "serve"));
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().keySet().removeIf(name -> name.startsWith("BOCAU_"));
            builder.environment().putAll(environment);
            builder.environment().put("LD_PRELOAD", shim.toString());
            builder.environment().put("SYNCED_NOTES", notes().toString());
            builder.redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output().toFile()));
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(java.time.Duration.ofMillis(20))
                .until(() -> healthy() || !Objects.requireNonNull(process).isAlive());
        if (!healthy()) {
            throw new AssertionError("the server did not start: " + text(output()));
        }
        return this;
    }

    /// Keeps what it has said, and what its threads are at if it lives.
    void keepTraces(Path in, String name) throws IOException {
        Files.copy(output(), in.resolve(name + ".log"), StandardCopyOption.REPLACE_EXISTING);
        if (lives()) {
            Path threads = in.resolve(name + ".threads").toAbsolutePath();
            run(
                    List.of(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                            Long.toString(process().pid()),
                            "Thread.dump_to_file",
                            "-overwrite",
                            threads.toString()));
        }
    }

    Process process() {
        return Objects.requireNonNull(process);
    }

    private Path notes() {
        return folder.resolve("synced");
    }

    private Path output() {
        return folder.resolve("output");
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean healthy() {
        URI uri = URI.create("http://127.0.0.1:%d/health".formatted(opsPort));
        try {
            return HTTP.send(
                                    HttpRequest.newBuilder(uri).timeout(ANSWER).build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    URI websocket() {
        return URI.create("ws://127.0.0.1:%d/ws".formatted(realtimePort));
    }

    /// Asks the management API.
    String admin(String method, String path, String body) {
        URI uri = URI.create("http://127.0.0.1:%d%s".formatted(httpPort, path));
        HttpRequest request =
                HttpRequest.newBuilder(uri)
                        .header("Authorization", "Bearer " + adminKey())
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build();
        try {
            HttpResponse<String> response =
                    HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new AssertionError(method + " " + path + ": " + response.body());
            }
            return response.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String adminKey() {
        String configured = settings.get("BOCAU_ADMIN_KEY");
        return configured == null ? text(folder.resolve("data/admin.key")).strip() : configured;
    }

    String token(String user) {
        return admin("POST", "/v1/users/" + user + "/tokens", "")
                .replaceAll(".*\"token\":\"([^\"]*)\".*", "$1");
    }

    /// kill -9, and the end of it.
    void kill() {
        Process running = Objects.requireNonNull(process);
        running.destroyForcibly();
        try {
            running.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean lives() {
        return process != null && process.isAlive();
    }

    /// Takes from every write-ahead log what was written and not synced, as a power cut may.
    ///
    /// @return how many bytes were cut
    long cutToSynced() {
        Map<String, Long> synced = new HashMap<>();
        text(notes())
                .lines()
                .forEach(line -> {
                    int space = line.indexOf(' ');
                    synced.put(line.substring(space + 1), Long.parseLong(line.substring(0, space)));
                });
        long cut = 0;
        try (Stream<Path> files = Files.list(folder.resolve("data/store"))) {
            for (Path log : files.filter(file -> file.toString().endsWith(".log")).toList()) {
                try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
                    long keep = synced.getOrDefault(log.toString(), 0L);
                    cut += Math.max(0, channel.size() - keep);
                    channel.truncate(keep);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return cut;
    }

    /// Stops it as an operator does.
    int stop() {
        Process running = Objects.requireNonNull(process);
        running.destroy();
        try {
            return running.waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
    }
}
