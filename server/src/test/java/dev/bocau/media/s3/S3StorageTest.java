package dev.bocau.media.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.media.MediaStorage;
import dev.bocau.media.MediaStorageContract;
import dev.bocau.media.disk.Room;
import dev.bocau.media.disk.WorkFolder;
import dev.bocau.testing.S3Server;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract, on a real S3 server. Each test has a bucket of its own.
@org.jspecify.annotations.NullUnmarked
class S3StorageTest extends MediaStorageContract {
    private static final AtomicInteger BUCKETS = new AtomicInteger();
    private static S3Server server;

    private final String bucket = "bucket-" + BUCKETS.incrementAndGet();

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        server = new S3Server(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected MediaStorage open() throws IOException {
        return server.bucket(bucket, true)
                .open(new WorkFolder(folder.resolve("work"), new Room(0)));
    }

    @Test
    void address_leads_to_the_object_for_some_time() throws Exception {
        try (MediaStorage storage = open()) {
            storage.put("a/b", "hello".getBytes(StandardCharsets.UTF_8));
            URI address =
                    storage.address("a/b", "text/x", "attachment", Duration.ofMinutes(1))
                            .orElseThrow();

            HttpResponse<String> answer =
                    HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(address).build(),
                                    HttpResponse.BodyHandlers.ofString());

            assertThat(answer.body()).isEqualTo("hello");
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/x");
            assertThat(answer.headers().firstValue("Content-Disposition")).hasValue("attachment");
        }
    }
}
