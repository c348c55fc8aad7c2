package dev.bocau.gateway.socketio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bocau.frame.WireFormat;
import dev.bocau.testing.RawSocket;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestServer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests, packets and noise that no Socket.IO client would make.
@org.jspecify.annotations.NullUnmarked
class EngineTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static TestServer server;

    @BeforeAll
    static void start(@TempDir Path folder) {
        server = new TestServer(folder, Map.of("LIMITS_CONNECT_TIMEOUT_MS", "2000"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HttpResponse<String> ask(String method, String query, String body)
            throws Exception {
        return HTTP.send(request(method, query, body), BodyHandlers.ofString());
    }

    private static HttpRequest request(String method, String query, String body) {
        return HttpRequest.newBuilder(server.realtime("/socket.io/?" + query))
                .method(method, BodyPublishers.ofString(body))
                .build();
    }

    private static String polling() throws Exception {
        String opened = ask("GET", "EIO=4&transport=polling", "").body();
        assertThat(opened).startsWith("0{");
        String sid = Packet.JSON.readTree(opened.substring(1)).path("sid").asString();
        return "EIO=4&transport=polling&sid=" + sid;
    }

    @ParameterizedTest
    @CsvSource({
        "GET, '', 0",
        "GET, 'EIO=4&transport=smoke', 0",
        "GET, 'EIO=3&transport=polling', 5",
        "GET, 'transport=polling', 5",
        "POST, 'EIO=4&transport=polling', 2",
        "GET, 'EIO=4&transport=polling&sid=unknown', 1",
        "GET, 'EIO=4&transport=polling&j=1', 3",
    })
    void bad_request_is_told_in_the_words_of_engine_io(String method, String query, int code)
            throws Exception {
        HttpResponse<String> answer = ask(method, query, "");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Packet.JSON.readTree(answer.body()).path("code").asInt()).isEqualTo(code);
    }

    @Test
    void other_namespaces_are_not_there_and_whoever_asks_for_none_does_not_stay() throws Exception {
        String query = polling();
        assertThat(ask("POST", query, "40").body()).isEqualTo("ok");
        assertThat(ask("GET", query, "").body()).startsWith("44{\"message\":\"Invalid namespace");

        await().until(() -> ask("GET", query, "").statusCode() == 400);
    }

    @Test
    void two_requests_at_once_end_the_connection() throws Exception {
        String query = polling();
        HttpRequest get = HttpRequest.newBuilder(server.realtime("/socket.io/?" + query)).build();
        CompletableFuture<HttpResponse<String>> first =
                HTTP.sendAsync(get, BodyHandlers.ofString());
        CompletableFuture<HttpResponse<String>> second =
                HTTP.sendAsync(get, BodyHandlers.ofString());

        assertThat(List.of(first.get().statusCode(), second.get().statusCode())).contains(400);
        assertThat(ask("GET", query, "").statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "9",
                "bAQID",
                "4",
                "4x",
                "42/chat,[",
                "42/chat,{}",
                "42/chat,[1]",
                "451-/chat,[\"x\",{\"_placeholder\":true,\"num\":0}]",
                "40/chat,[]",
                "42/chat,9999999999999999999[\"x\"]",
                "43/chat,[]",
            })
    void what_is_no_packet_ends_the_connection(String packet) throws Exception {
        String query = polling();
        assertThat(ask("POST", query, packet).body()).isEqualTo("ok");
        assertThat(ask("GET", query, "").statusCode()).isEqualTo(400);
    }

    /// All packets that come until the connection is ended.
    private static List<String> drained(String query) throws Exception {
        List<String> packets = new ArrayList<>();
        while (!packets.contains("1")) {
            HttpResponse<String> answer = ask("GET", query, "");
            assertThat(answer.statusCode()).isEqualTo(200);
            packets.addAll(List.of(answer.body().split("\u001e")));
        }
        return packets;
    }

    private static void post(String query, String packet, int times) throws Exception {
        String body = String.join("\u001e", Collections.nCopies(times, packet));
        assertThat(ask("POST", query, body).body()).isEqualTo("ok");
    }

    @Test
    void stranger_who_asks_on_and_reads_nothing_is_ended() throws Exception {
        String query = polling();
        for (int i = 0; i < 5; i++) {
            post(query, "40/x", 10_000);
        }

        List<String> packets = drained(query);
        assertThat(packets).hasSizeBetween(20_000, 45_000).last().isEqualTo("1");
    }

    @Test
    void client_that_asks_on_and_reads_nothing_is_ended() throws Exception {
        String query = polling();
        post(query, "40/chat," + auth("greedy"), 1);
        for (int i = 0; i < 25; i++) {
            post(query, "42/chat,7[\"device_connect\",{}]", 2_000);
        }

        List<String> packets = drained(query);
        assertThat(packets).hasSizeBetween(20_000, 45_000).last().isEqualTo("1");
        assertThat(packets.get(packets.size() - 2)).contains("\"error\"").contains("4402");
    }

    @Test
    void request_that_a_browser_has_repeated_loses_nothing_unnoticed() throws Exception {
        String query = polling();
        post(query + "&t=1", "40/x", 1);
        post(query + "&t=1", "40/x", 1);
        post(query + "&t=2", "40/x", 1);
        String answer = ask("GET", query + "&t=3", "").body();
        assertThat(answer.split("\u001e"))
                .as("answers to two requests, one of them repeated")
                .hasSize(2);

        assertThat(ask("GET", query + "&t=3", "").statusCode()).isEqualTo(400);
        assertThat(ask("GET", query + "&t=4", "").statusCode()).isEqualTo(400);
    }

    @Test
    void answer_that_brings_a_message_is_followed_by_another_when_its_ping_is_answered()
            throws Exception {
        server.direct("held", "held-a", "held-b");
        String query = polling();
        post(query, "40/chat," + auth("held-a"), 1);
        String came = "";
        while (!came.contains("sync_conversation_states")) {
            came = ask("GET", query, "").body();
        }
        assertThat(came).endsWith("\u001e2");
        post(query, "3", 1);
        TestDevice friend = server.device(WireFormat.JSON, "held-b", "phone").connect();
        friend.sent("held", "one");
        assertThat(ask("GET", query, "").body()).contains("one").endsWith("\u001e2");
        friend.sent("held", "two");

        CompletableFuture<HttpResponse<String>> next =
                HTTP.sendAsync(request("GET", query, ""), BodyHandlers.ofString());
        post(query, "6", 1);
        assertThat(next).isNotDone();
        post(query, "3", 1);
        assertThat(next.get().body()).contains("two").endsWith("\u001e2");
        friend.close();
    }

    private static String auth(String user) {
        return "{\"token\":\"%s\",\"deviceId\":\"d\",\"deviceType\":\"web\",\"platform\":\"web\"}"
                .formatted(server.token(user));
    }

    @Test
    void attachment_over_a_websocket_ends_the_connection() throws Exception {
        try (RawSocket socket = new RawSocket(server.realtimePort())) {
            String answer =
                    socket.ask(
                            """
                            GET /socket.io/?EIO=4&transport=websocket HTTP/1.1
                            Host: localhost
                            Upgrade: websocket
                            Connection: Upgrade
                            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
                            Sec-WebSocket-Version: 13

                            """);
            assertThat(answer).startsWith("HTTP/1.1 101");
            assertThat(socket.readText()).startsWith("0{").contains("\"upgrades\":[]");
            socket.sendPiece(2, true, new byte[] {1, 2, 3});
            assertThat(socket.readClose()).isEqualTo(1002);
        }
    }

    // ------------------------------------------------------------------------------------------------------- noise

    @Test
    void noise_is_a_packet_or_none() {
        byte[] good =
                "42/chat,17[\"send_message\",{\"localId\":\"l1\",\"type\":\"text\",\"content\":\"é\"}]\u001e3\u001e40/chat,{\"token\":\"x\"}"
                        .getBytes(StandardCharsets.UTF_8);
        for (int seed = 0; seed < 30_000; seed++) {
            Random random = new Random(seed);
            byte[] noisy = java.util.Arrays.copyOf(good, random.nextInt(good.length + 1));
            for (int flips = random.nextInt(5); flips > 0 && noisy.length > 0; flips--) {
                noisy[random.nextInt(noisy.length)] = (byte) random.nextInt();
            }
            for (String packet : Payload.packets(noisy)) {
                if (!packet.isEmpty()) {
                    Packet.parse(packet.substring(1)).ifPresent(EngineTest::isRead);
                }
            }
        }
    }

    private static void isRead(Packet packet) {
        assertThat(Packet.parse(packet.text())).contains(packet);
        if (packet.kind() == Packet.Kind.EVENT) {
            byte[] frame = Events.frame(packet.data().get(0).asString(), packet.data().path(1));
            var _ = WireFormat.JSON.read(frame);
        }
        var _ = WireFormat.JSON.read(Events.introduction(packet.data(), packet.data().path(1)));
    }
}
