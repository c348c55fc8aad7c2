package dev.bocau.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.testing.RawSocket;
import dev.bocau.testing.TestServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The realtime port as a browser uses it: sockets that are kept and carry what comes, in order.
@org.jspecify.annotations.NullUnmarked
class RealtimePathsTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String HANDSHAKE =
            """
            GET /ws HTTP/1.1
            Host: localhost
            Upgrade: websocket
            Connection: Upgrade
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            Sec-WebSocket-Version: 13

            """;

    private static TestServer server;
    private static Path rooms;

    @BeforeAll
    static void start(@TempDir Path folder) {
        rooms = folder;
        server = new TestServer(folder, Map.of());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\nHost: localhost\n\n";
    }

    @Test
    void requests_of_one_socket_are_answered_in_order_whatever_path_they_are_for()
            throws Exception {
        try (RawSocket socket = new RawSocket(server.realtimePort())) {
            String first =
                    socket.ask(get("/poll") + get("/socket.io/?EIO=4") + get("/poll/?session=x"));
            assertThat(first).startsWith("HTTP/1.1 410");
            assertThat(socket.body(first)).contains("4405");
            String second = socket.ask("");
            assertThat(second).startsWith("HTTP/1.1 400");
            assertThat(socket.body(second)).contains("Transport unknown");
            String third = socket.ask("");
            assertThat(third).startsWith("HTTP/1.1 410");
            assertThat(socket.body(third)).contains("4405");
        }
    }

    @Test
    void thousands_of_requests_at_once_are_all_answered() throws Exception {
        try (RawSocket socket = new RawSocket(server.realtimePort())) {
            int count = 5_000;
            String head = socket.ask(get("/poll").repeat(count));
            for (int i = 1; i < count; i++) {
                socket.body(head);
                head = socket.ask("");
                assertThat(head).startsWith("HTTP/1.1 410");
            }
        }
    }

    @Test
    void socket_that_has_carried_other_requests_becomes_a_websocket() throws Exception {
        try (RawSocket socket = new RawSocket(server.realtimePort())) {
            socket.body(socket.ask(get("/poll")));
            assertThat(socket.ask(HANDSHAKE)).startsWith("HTTP/1.1 101");
            socket.sendText("{\"type\":\"ping\",\"timestamp\":1}");
            assertThat(socket.readText()).contains("\"code\":4002");
        }
    }

    @Test
    void whoever_asks_for_another_path_is_told_what_is_spoken_here() throws Exception {
        try (RawSocket socket = new RawSocket(server.realtimePort())) {
            String head = socket.ask(get("/"));
            assertThat(head).startsWith("HTTP/1.1 404").containsIgnoringCase("connection: close");
            assertThat(socket.body(head)).contains("/ws", "/poll", "/socket.io");
            assertThat(socket.isEnded()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"/%zz, 404", "/poll?session=%zz, 404", "/poll?session=%00&received=0, 410"})
    void path_that_is_none_is_refused(String path, int status) throws Exception {
        try (RawSocket socket = new RawSocket(server.realtimePort())) {
            assertThat(socket.ask(get(path))).startsWith("HTTP/1.1 " + status);
        }
    }

    @Test
    void body_that_is_too_long_is_refused_by_its_length() throws Exception {
        try (RawSocket socket = new RawSocket(server.realtimePort())) {
            assertThat(
                            socket.ask(
                                    "POST /poll HTTP/1.1\nHost: localhost\nContent-Length: 10000000\n\n"))
                    .startsWith("HTTP/1.1 413")
                    .containsIgnoringCase("connection: close");
        }
    }

    @Test
    void socket_on_which_no_whole_request_comes_is_closed() throws Exception {
        try (TestServer hasty = small(Map.of("LIMITS_CONNECT_TIMEOUT_MS", "300"));
                RawSocket silent = new RawSocket(hasty.realtimePort());
                RawSocket slow = new RawSocket(hasty.realtimePort())) {
            slow.write(new byte[] {'P', 'O', 'S', 'T'});
            assertThat(silent.isEnded()).isTrue();
            assertThat(slow.isEnded()).isTrue();
        }
    }

    private static TestServer small(Map<String, String> settings) throws IOException {
        return new TestServer(Files.createTempDirectory(rooms, "small"), settings);
    }

    // --------------------------------------------------------------------------------------------------------- CORS

    private static HttpResponse<String> from(TestServer to, String origin, String method)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(to.realtime("/poll"))
                        .method(method, BodyPublishers.noBody())
                        .header("Origin", origin);
        if (method.equals("OPTIONS")) {
            request.header("Access-Control-Request-Method", "POST")
                    .header("Access-Control-Request-Headers", "x-trace");
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static String allowed(HttpResponse<String> answer) {
        return answer.headers().firstValue("Access-Control-Allow-Origin").orElse("nobody");
    }

    @Test
    void pages_of_all_origins_may_ask_unless_they_are_named() throws Exception {
        assertThat(allowed(from(server, "https://any.example", "GET"))).isEqualTo("*");
        HttpResponse<String> preflight = from(server, "https://any.example", "OPTIONS");
        assertThat(preflight.statusCode()).isEqualTo(204);
        assertThat(allowed(preflight)).isEqualTo("*");
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Methods"))
                .contains("GET, POST");
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers"))
                .contains("x-trace");

        String ours = "https://chat.example, http://localhost:5173";
        try (TestServer strict = small(Map.of("CORS_ORIGINS", ours))) {
            HttpResponse<String> answer = from(strict, "https://chat.example", "GET");
            assertThat(allowed(answer)).isEqualTo("https://chat.example");
            assertThat(answer.headers().firstValue("Access-Control-Expose-Headers").orElse(""))
                    .contains("Bocau-Session");
            assertThat(allowed(from(strict, "http://localhost:5173", "OPTIONS")))
                    .isEqualTo("http://localhost:5173");
            assertThat(allowed(from(strict, "https://evil.example", "GET"))).isEqualTo("nobody");
            assertThat(allowed(from(strict, "https://evil.example", "OPTIONS")))
                    .isEqualTo("nobody");
        }
    }

    // -------------------------------------------------------------------------------------------------------- noise

    @Test
    void noise_is_refused_and_the_port_lives() throws Exception {
        byte[] good =
                (get("/poll?session=x&received=1") + HANDSHAKE)
                        .replace("\n", "\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1);
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            byte[] noisy = good.clone();
            for (int flips = random.nextInt(8); flips >= 0; flips--) {
                noisy[random.nextInt(noisy.length)] = (byte) random.nextInt();
            }
            try (RawSocket socket = new RawSocket(server.realtimePort())) {
                socket.write(noisy);
            }
        }
        try (RawSocket socket = new RawSocket(server.realtimePort())) {
            assertThat(socket.ask(HANDSHAKE)).startsWith("HTTP/1.1 101");
        }
    }
}
