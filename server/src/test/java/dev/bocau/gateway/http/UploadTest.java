package dev.bocau.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bocau.model.Code;
import dev.bocau.testing.TestImages;
import dev.bocau.testing.TestServer;
import dev.bocau.testing.TusClient;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Uploads over real HTTP: cut off, gone on with, refused.
@org.jspecify.annotations.NullUnmarked
class UploadTest {
    @TempDir static Path folder;
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = new TestServer(folder.resolve("shared"), Map.of());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static TusClient tus(String user) {
        return new TusClient(server, server.token(user));
    }

    private static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static int code(HttpResponse<String> refused) {
        return JsonMapper.shared().readTree(refused.body()).get("code").intValue();
    }

    private static JsonNode told(TestServer on, String user, String id) {
        return on.ask("GET", "/v1/media/" + id, on.token(user), "").body();
    }

    /// What the bytes are that are kept of an upload.
    private static byte[] kept(Path data, String id) throws IOException {
        return Files.readAllBytes(
                data.resolve("media/media").resolve(id.substring(0, 2)).resolve(id + "/bytes"));
    }

    @Test
    void server_says_what_it_can_do() throws Exception {
        HttpResponse<String> options =
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(server.http("/v1/media"))
                                        .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());

        assertThat(options.statusCode()).isEqualTo(204);
        assertThat(options.headers().firstValue("Tus-Version")).hasValue("1.0.0");
        assertThat(options.headers().firstValue("Tus-Extension").orElseThrow())
                .contains("creation", "termination", "checksum", "expiration");
        assertThat(options.headers().firstValue("Tus-Max-Size")).hasValue("1073741824");
    }

    @Test
    void upload_that_is_cut_off_a_hundred_times_arrives_whole() throws IOException {
        long seed = Long.getLong("bocau.seed", new Random().nextLong());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] content = random(seed, 3_000_000);
        TusClient tus = tus("cut");
        String id = tus.begin("data.bin", content.length);

        long before = 0;
        for (int cuts = 0; cuts < 100; cuts++) {
            long offset = tus.offset(id);
            assertThat(offset).as("seed %d", seed).isGreaterThanOrEqualTo(before);
            tus.patchCut(id, offset, content, random.nextInt(60_000));
            before = offset;
        }
        // What was cut off last may still come in: then the offset is another one (409).
        await().until(() -> {
            long offset = tus.offset(id);
            byte[] rest = Arrays.copyOfRange(content, (int) offset, content.length);
            return tus.patch(id, offset, rest).statusCode() == 204;
        });

        assertThat(kept(folder.resolve("shared"), id)).as("seed %d", seed).isEqualTo(content);
        assertThat(told(server, "cut", id).get("media").get("bytes").asLong())
                .isEqualTo(content.length);
    }

    @Test
    void upload_goes_on_after_a_restart() throws IOException {
        Path data = folder.resolve("restarted");
        byte[] content = random(1, 500_000);
        String id;
        try (TestServer first = new TestServer(data, Map.of())) {
            TusClient tus = new TusClient(first, first.token("alice"));
            id = tus.begin("data.bin", content.length);
            tus.patch(id, 0, Arrays.copyOf(content, 200_000));
        }
        try (TestServer second = new TestServer(data, Map.of())) {
            TusClient tus = new TusClient(second, second.token("alice"));
            assertThat(tus.offset(id)).isEqualTo(200_000);
            tus.patch(id, 200_000, Arrays.copyOfRange(content, 200_000, content.length));

            assertThat(kept(data, id)).isEqualTo(content);
        }
    }

    @Test
    void upload_goes_on_at_another_server_of_the_same_folder() throws IOException {
        byte[] content = random(2, 300_000);
        TusClient here = tus("alice");
        String id = here.begin("data.bin", content.length);
        here.patch(id, 0, Arrays.copyOf(content, 100_000));
        Map<String, String> shared =
                Map.of(
                        "MEDIA_DIR",
                        folder.resolve("shared/media").toString(),
                        "TOKEN_KEY",
                        Files.readString(folder.resolve("shared/token.key")).strip());
        try (TestServer other = new TestServer(folder.resolve("other"), shared)) {
            TusClient there = new TusClient(other, other.token("alice"));
            assertThat(there.offset(id)).isEqualTo(100_000);
            there.patch(id, 100_000, Arrays.copyOfRange(content, 100_000, content.length));

            assertThat(told(server, "alice", id).get("media").get("bytes").asLong())
                    .isEqualTo(300_000);
        }
    }

    @Test
    void request_on_a_dead_connection_does_not_hold_up_the_next_one() throws IOException {
        TusClient tus = tus("alice");
        byte[] content = random(3, 100_000);
        String id = tus.begin("data.bin", content.length);
        // It stays open, and nothing more comes on it.
        try (var hanging = tus.hang(id, 0, content, 40_000)) {
            await().until(() -> tus.offset(id) > 0);
            long offset = tus.offset(id);
            byte[] rest = Arrays.copyOfRange(content, (int) offset, content.length);

            assertThat(tus.patch(id, offset, rest).statusCode()).isEqualTo(204);
            assertThat(kept(folder.resolve("shared"), id)).isEqualTo(content);
            assertThat(hanging.isClosed()).isFalse();
        }
    }

    @Test
    void bytes_count_only_if_their_checksum_is_right() throws Exception {
        TusClient tus = tus("alice");
        byte[] content = random(4, 50_000);
        String id = tus.begin("data.bin", content.length);
        byte[] digest = MessageDigest.getInstance("SHA-1").digest(content);
        String right = "sha1 " + Base64.getEncoder().encodeToString(digest);
        byte[] damaged = content.clone();
        damaged[30_000]++;

        HttpResponse<String> wrong = tus.patch(id, 0, damaged, "Upload-Checksum", right);
        assertThat(wrong.statusCode()).isEqualTo(460);
        assertThat(code(wrong)).isEqualTo(Code.MEDIA_CHECKSUM.number());
        assertThat(tus.offset(id)).isZero();
        // Little enough to have come before it is refused unread.
        assertThat(tus.patch(id, 0, random(4, 100), "Upload-Checksum", "md4 x").statusCode())
                .isEqualTo(400);

        assertThat(tus.patch(id, 0, content, "Upload-Checksum", right).statusCode()).isEqualTo(204);
        assertThat(kept(folder.resolve("shared"), id)).isEqualTo(content);
    }

    @Test
    void what_makes_no_sense_is_refused() {
        TusClient tus = tus("alice");
        String id = tus.begin("data.bin", 10);

        assertThat(tus.patch(id, 5, new byte[5]).statusCode()).as("a hole").isEqualTo(409);
        assertThat(tus.tryBegin("empty", "0").statusCode()).isEqualTo(400);
        assertThat(tus.tryBegin("negative", "-1").statusCode()).isEqualTo(400);
        assertThat(tus.tryBegin("none", "many").statusCode()).isEqualTo(400);
        assertThat(tus.tryBegin("n".repeat(256), "1").statusCode()).isEqualTo(400);
        HttpResponse<String> large = tus.tryBegin("large", Long.toString(1L << 40));
        assertThat(large.statusCode()).isEqualTo(413);
        assertThat(code(large)).isEqualTo(Code.MEDIA_TOO_LARGE.number());
        assertThat(tus.head("0".repeat(32)).statusCode()).isEqualTo(404);
        assertThat(tus.head("..%2F..%2Fetc").statusCode()).isGreaterThanOrEqualTo(400);
    }

    @Test
    void upload_is_known_to_its_owner_only() {
        String id = tus("alice").begin("data.bin", 10);
        TusClient mallory = tus("mallory");

        assertThat(mallory.head(id).statusCode()).isEqualTo(404);
        assertThat(mallory.patch(id, 0, new byte[10]).statusCode()).isEqualTo(404);
        assertThat(mallory.delete(id).statusCode()).isEqualTo(404);
        assertThat(new TusClient(server, "wrong").head(id).statusCode()).isEqualTo(401);
        assertThat(new TusClient(server, server.adminKey()).head(id).statusCode()).isEqualTo(403);
        assertThat(tus("alice").offset(id)).isZero();
    }

    @Test
    void upload_that_is_given_up_is_gone() {
        TusClient tus = tus("alice");
        String id = tus.begin("data.bin", 10);
        tus.patch(id, 0, new byte[5]);

        assertThat(tus.delete(id).statusCode()).isEqualTo(204);

        assertThat(tus.head(id).statusCode()).isEqualTo(404);
        assertThat(tus.patch(id, 5, new byte[5]).statusCode()).isEqualTo(404);
        assertThat(tus.delete(id).statusCode()).isEqualTo(404);
    }

    @Test
    void user_has_only_so_much_under_way() {
        Map<String, String> tight =
                Map.of(
                        "LIMITS_MEDIA_UPLOADS", "2",
                        "LIMITS_MEDIA_DAILY_UPLOADS", "4",
                        "LIMITS_MEDIA_DAILY_MI_B", "1");
        try (TestServer small = new TestServer(folder.resolve("small"), tight)) {
            TusClient tus = new TusClient(small, small.token("alice"));
            String one = tus.begin("1", 10);
            tus.begin("2", 10);

            HttpResponse<String> third = tus.tryBegin("3", "10");
            assertThat(third.statusCode()).isEqualTo(429);
            assertThat(code(third)).isEqualTo(Code.RATE_LIMITED.number());

            tus.patch(one, 0, new byte[10]);
            assertThat(tus.tryBegin("large", "1048570").statusCode()).as("bytes").isEqualTo(429);
            String next = tus.begin("3", 10);
            tus.delete(next);
            tus.delete(tus.begin("4", 10));
            HttpResponse<String> fifth = tus.tryBegin("5", "10");
            assertThat(fifth.statusCode()).as("uploads in a day").isEqualTo(429);
            assertThat(fifth.headers().firstValue("Retry-After")).isPresent();
            TusClient bob = new TusClient(small, small.token("bob"));
            assertThat(bob.tryBegin("1", "10").statusCode()).isEqualTo(201);
        }
    }

    // --------------------------------------------------------------------------------------------------- what comes

    static Stream<Arguments> files() {
        byte[] jpeg = TestImages.image("jpeg", 600, 400);
        byte[] png = TestImages.image("png", 600, 400);
        byte[] html = "<!DOCTYPE html><html><script>alert(1)</script></html>".getBytes(UTF_8);
        byte[] svg =
                "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"
                        .getBytes(UTF_8);
        byte[] damaged = png.clone();
        damaged[60] ^= 0x55;
        return Stream.of(
                Arguments.of("photo.jpg", jpeg, "image/jpeg", "photo.jpg"),
                Arguments.of("photo.txt", jpeg, "image/jpeg", "photo.txt"),
                Arguments.of("icon.png", png, "image/png", "icon.png"),
                Arguments.of("move.gif", TestImages.image("gif", 60, 40), "image/gif", "move.gif"),
                Arguments.of("nice.png", html, "text/html", "nice.png"),
                Arguments.of("icon.svg", svg, "image/svg+xml", "icon.svg"),
                Arguments.of("icon.png", svg, "image/svg+xml", "icon.png"),
                Arguments.of("../../etc/passwd", html, "text/html", "passwd"),
                Arguments.of("C:\\a\\evil\u202Egpj.exe", html, "text/html", "evilgpj.exe"),
                Arguments.of("..", html, "text/html", "file"),
                Arguments.of("", html, "text/html", "file"),
                Arguments.of("bomb.png", TestImages.bomb(50_000, 50_000), "", ""),
                Arguments.of("wide.png", TestImages.bomb(40_000, 1), "", ""),
                Arguments.of("lies.png", TestImages.bomb(6_000, 6_000), "", ""),
                Arguments.of("cut.jpg", Arrays.copyOf(jpeg, jpeg.length / 2), "", ""),
                Arguments.of("cut.png", Arrays.copyOf(png, png.length - 8), "", ""),
                Arguments.of("damaged.png", damaged, "", ""),
                Arguments.of("head.gif", "GIF89a<script>alert(1)</script>".getBytes(UTF_8), "", ""),
                Arguments.of("head.jpg", new byte[] {-1, -40, -1, -32, 0, 0}, "", ""));
    }

    private static final java.nio.charset.Charset UTF_8 = StandardCharsets.UTF_8;

    /// @param type that is found; empty: refused
    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("files")
    void file_is_what_it_is_found_to_be(String name, byte[] content, String type, String called) {
        TusClient tus = tus("files-" + Math.floorMod(Arrays.hashCode(content), 1_000));
        String id = tus.begin(name, content.length);

        HttpResponse<String> sent = tus.patch(id, 0, content);

        if (type.isEmpty()) {
            assertThat(sent.statusCode()).isEqualTo(415);
            assertThat(code(sent)).isEqualTo(Code.MEDIA_REFUSED.number());
        } else {
            assertThat(sent.statusCode()).as(sent.body()).isEqualTo(204);
            String user = "files-" + Math.floorMod(Arrays.hashCode(content), 1_000);
            JsonNode media = told(server, user, id).get("media");
            assertThat(media.get("type").asString()).isEqualTo(type);
            assertThat(media.get("name").asString()).isEqualTo(called);
        }
    }

    @Test
    void types_are_taken_as_configured() {
        Map<String, String> strict = Map.of("MEDIA_TYPES", "image/*,application/pdf");
        try (TestServer small = new TestServer(folder.resolve("strict"), strict)) {
            TusClient tus = new TusClient(small, small.token("alice"));
            tus.upload("a.pdf", "%PDF-1.4\n".getBytes(UTF_8));
            tus.upload("a.png", TestImages.image("png", 3, 3));
            String html = tus.begin("a.png", 20);

            assertThat(tus.patch(html, 0, "<html><body>xx</body".getBytes(UTF_8)).statusCode())
                    .isEqualTo(415);
            assertThat(tus.offset(html)).as("refused, and not to be sent again").isEqualTo(20);
            assertThat(tus.patch(html, 20, new byte[0]).statusCode()).isEqualTo(415);
        }
    }

    @Test
    void creation_may_bring_the_first_bytes() throws Exception {
        HttpResponse<String> begun =
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(server.http("/v1/media"))
                                        .header("Authorization", "Bearer " + server.token("alice"))
                                        .header("Tus-Resumable", "1.0.0")
                                        .header("Upload-Length", "5")
                                        .header("Content-Type", "application/offset+octet-stream")
                                        .POST(HttpRequest.BodyPublishers.ofString("hello"))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());

        assertThat(begun.statusCode()).isEqualTo(201);
        assertThat(begun.headers().firstValue("Upload-Offset")).hasValue("5");
        assertThat(begun.headers().firstValue("Upload-Expires")).isPresent();
        assertThat(told(server, "alice", TusClient.id(begun)).get("media").get("type").asString())
                .isEqualTo("text/plain");
        assertThat(List.of(begun.headers().firstValue("Location").orElseThrow().split("/")))
                .hasSize(4);
    }
}
