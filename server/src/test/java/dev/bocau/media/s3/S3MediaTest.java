package dev.bocau.media.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.testing.S3Server;
import dev.bocau.testing.TestImages;
import dev.bocau.testing.TestServer;
import dev.bocau.testing.TusClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Servers whose media is in a bucket.
@org.jspecify.annotations.NullUnmarked
class S3MediaTest {
    @TempDir static Path folder;
    private static S3Server s3;

    @BeforeAll
    static void start() throws IOException {
        s3 = new S3Server(folder);
        var _ = s3.bucket("media", false);
    }

    @AfterAll
    static void stop() {
        s3.close();
    }

    private static TestServer server(String data, boolean redirect) {
        return new TestServer(
                folder.resolve(data),
                Map.of(
                        "MEDIA_S3_BUCKET", "media",
                        "MEDIA_S3_ENDPOINT", s3.endpoint().toString(),
                        "MEDIA_S3_ACCESS_KEY", s3.key(),
                        "MEDIA_S3_SECRET_KEY", s3.secret(),
                        "MEDIA_S3_REDIRECT", Boolean.toString(redirect),
                        "TOKEN_KEY", "a secret that these servers share"));
    }

    private static URI sent(TestServer server, String kind, String id) {
        server.direct("ab", "alice", "bob");
        String messages = "/v1/conversations/ab/messages";
        String body =
                "{\"localId\":\"%s\",\"kind\":\"%s\",\"mediaId\":\"%s\"}".formatted(id, kind, id);
        JsonNode received = server.ask("POST", messages, server.token("alice"), body).body();
        JsonNode urls =
                server.ask(
                                "GET",
                                messages + "/" + received.get("serverId").asString() + "/media",
                                server.token("bob"),
                                "")
                        .body();
        return server.http(urls.get("original").asString());
    }

    private static HttpResponse<byte[]> fetch(URI url, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(url);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void upload_goes_on_at_another_server_and_is_fetched_from_there() throws Exception {
        byte[] content = new byte[9_000_000];
        new Random(1).nextBytes(content);
        String id;
        try (TestServer first = server("one", false)) {
            TusClient tus = new TusClient(first, first.token("alice"));
            id = tus.begin("data.bin", content.length);
            tus.patchCut(id, 0, content, 8_700_000);
            org.awaitility.Awaitility.await().until(() -> tus.offset(id) > 0);
        }
        try (TestServer second = server("two", false)) {
            TusClient tus = new TusClient(second, second.token("alice"));
            long offset = tus.offset(id);
            byte[] rest = Arrays.copyOfRange(content, (int) offset, content.length);
            assertThat(tus.patch(id, offset, rest).statusCode()).isEqualTo(204);

            URI url = sent(second, "file", id);
            assertThat(fetch(url).body()).isEqualTo(content);
            assertThat(fetch(url, "Range", "bytes=8388600-8388620").body())
                    .isEqualTo(Arrays.copyOfRange(content, 8_388_600, 8_388_621));
        }
    }

    @Test
    void client_is_sent_on_to_the_bucket_if_it_may_be() throws Exception {
        try (TestServer server = server("three", true)) {
            TusClient tus = new TusClient(server, server.token("alice"));
            String id = tus.upload("photo.jpg", TestImages.photo(600, 400, 1));

            HttpResponse<byte[]> sentOn = fetch(sent(server, "image", id));

            assertThat(sentOn.statusCode()).isEqualTo(302);
            URI there = URI.create(sentOn.headers().firstValue("Location").orElseThrow());
            assertThat(there.getPort()).isEqualTo(s3.endpoint().getPort());
            HttpResponse<byte[]> image = fetch(there);
            assertThat(image.body()).isEqualTo(TestImages.image("jpeg", 600, 400));
            assertThat(image.headers().firstValue("Content-Type")).hasValue("image/jpeg");
        }
    }
}
