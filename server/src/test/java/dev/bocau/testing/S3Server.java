package dev.bocau.testing;

import dev.bocau.media.s3.Bucket;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/// A real S3 server (S3Proxy) in a process of its own, over a folder.
@org.jspecify.annotations.NullUnmarked
public final class S3Server implements AutoCloseable {
    private static final Path CLASSPATH = Path.of("../engines/s3proxy/target/s3proxy.classpath");
    private static final String KEY = "test";
    private static final String SECRET = "the secret of the test";
    private static final Duration START = Duration.ofSeconds(60);

    private final Process process;
    private final URI endpoint;
    private final Path buckets;

    public S3Server(Path folder) throws IOException {
        buckets = Files.createDirectories(folder.resolve("buckets"));
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        endpoint = URI.create("http://127.0.0.1:" + port);
        Path settings =
                Files.writeString(
                        folder.resolve("s3proxy.conf"),
                        """
                        s3proxy.endpoint=%s
                        s3proxy.authorization=aws-v2-or-v4
                        s3proxy.identity=%s
                        s3proxy.credential=%s
                        jclouds.provider=filesystem-nio2
                        jclouds.filesystem.basedir=%s
                        jclouds.identity=none
                        jclouds.credential=none
                        """
                                .formatted(endpoint, KEY, SECRET, buckets));
        process =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin/java")
                                                .toString(),
                                        "-Xmx128m",
                                        "-XX:+UseSerialGC",
                                        "-XX:TieredStopAtLevel=1",
                                        "-DLOG_LEVEL=warn",
                                        "-cp",
                                        Files.readString(CLASSPATH).strip()
                                                + File.pathSeparator
                                                + folder,
                                        "org.gaul.s3proxy.Main",
                                        "--properties",
                                        settings.toString()))
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("s3proxy.log").toFile())
                        .start();
        Awaitility.await().atMost(START).ignoreExceptions().until(this::answers);
    }

    private boolean answers() throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(endpoint).build(),
                                HttpResponse.BodyHandlers.discarding())
                        .statusCode()
                > 0;
    }

    /// A bucket that is there, with nothing in it if it is new.
    public Bucket bucket(String name, boolean redirect) throws IOException {
        Files.createDirectories(buckets.resolve(name));
        return new Bucket(
                name, Optional.of(endpoint), "us-east-1", Optional.of(KEY), SECRET, redirect);
    }

    public URI endpoint() {
        return endpoint;
    }

    public String key() {
        return KEY;
    }

    public String secret() {
        return SECRET;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit()
                .orTimeout(10, TimeUnit.SECONDS)
                .exceptionally(slow -> process.destroyForcibly())
                .join();
    }
}
