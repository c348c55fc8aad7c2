package dev.bocau.gateway.longpoll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bocau.frame.TestFrames;
import dev.bocau.frame.WireFormat;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.MessageReceived;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.protocol.ServerFrame.BodyCase;
import dev.bocau.testing.PollLink;
import dev.bocau.testing.ServerFixture;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Long-polling over real sockets: what is lost on the way comes once all the same.
@org.jspecify.annotations.NullUnmarked
class LongPollTest extends ServerFixture {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @BeforeAll
    static void start(@TempDir Path folder) {
        start(folder, Map.of("LIMITS_HEARTBEAT_MS", "500", "LIMITS_INBOX_FRAMES", "8"));
    }

    private TestDevice device(WireFormat format, String user, String id) {
        return device(user, id, PollLink.to(server.realtimePort(), format));
    }

    // ------------------------------------------------------------------- what a client has in hand

    /// A client whose every request is the test's.
    private static final class Hand {
        private final String user;
        String session;
        long received;
        private final Queue<ServerFrame> taken = new ArrayDeque<>();

        Hand(String user) throws Exception {
            this.user = user;
            HttpResponse<byte[]> opened = post("", connect(user));
            session = opened.headers().firstValue("Bocau-Session").orElseThrow();
            take(opened);
        }

        HttpResponse<byte[]> post(String query, String... frames) throws Exception {
            return ask(
                    HttpRequest.newBuilder(server.realtime("/poll" + query))
                            .POST(BodyPublishers.ofString(String.join("\n", frames))));
        }

        HttpResponse<byte[]> batch(long number, String... frames) throws Exception {
            return post("?session=%s&batch=%d".formatted(session, number), frames);
        }

        HttpResponse<byte[]> fetch() throws Exception {
            return fetch(received);
        }

        HttpResponse<byte[]> fetch(long upTo) throws Exception {
            return ask(request(upTo));
        }

        HttpRequest.Builder request(long upTo) {
            return HttpRequest.newBuilder(
                    server.realtime("/poll?session=%s&received=%d".formatted(session, upTo)));
        }

        private void take(HttpResponse<byte[]> answer) throws IOException {
            List<ServerFrame> frames = frames(answer);
            received += frames.size();
            taken.addAll(frames);
        }

        /// Goes on until a frame of this kind comes.
        ServerFrame next(BodyCase kind) throws Exception {
            for (int answers = 0; answers < 100; answers++) {
                while (!taken.isEmpty()) {
                    ServerFrame frame = taken.remove();
                    if (frame.getBodyCase() == kind) {
                        return frame;
                    }
                }
                take(fetch());
            }
            throw new AssertionError("no " + kind + " for " + user);
        }
    }

    private static HttpResponse<byte[]> ask(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return HTTP.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static String connect(String user) {
        return TestFrames.json(
                ClientFrame.newBuilder()
                        .setDeviceConnect(
                                server.device(WireFormat.JSON, user, "hand").deviceConnect())
                        .build());
    }

    private static List<ServerFrame> frames(HttpResponse<byte[]> answer) throws IOException {
        return PollLink.frames(WireFormat.JSON, answer.body());
    }

    private static String message(String conversation, String localId) {
        return "{\"type\":\"send_message\",\"localId\":\"%s\",\"conversationId\":\"%s\",\"kind\":\"text\",\"content\":\"%s\"}"
                .formatted(localId, conversation, localId);
    }

    private static String ping(int number) {
        return "{\"type\":\"ping\",\"timestamp\":%d}".formatted(number);
    }

    private static int code(HttpResponse<byte[]> answer) throws IOException {
        return frames(answer).getLast().getError().getCode();
    }

    // ------------------------------------------------------------------------------------------------------ talking

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void message_travels_and_its_ticks_come_back(WireFormat format) {
        String c = "poll-" + format;
        server.direct(c, "ann-" + format, "ben-" + format);
        TestDevice iphone = device(format, "ann-" + format, "iphone").connect();
        TestDevice ipad = kept(server.device(WireFormat.JSON, "ann-" + format, "ipad")).connect();
        TestDevice android = device(format, "ben-" + format, "android").connect();

        MessageReceived received = iphone.sent(c, "Xin chào 🕊️\nhai dòng");

        assertThat(received.getSeq()).isEqualTo(1);
        ipad.awaitTexts(c, "Xin chào 🕊️\nhai dòng");
        android.awaitTexts(c, "Xin chào 🕊️\nhai dòng");
        iphone.awaitTick(c, 1, "ben-" + format, "delivered");
        android.read(c, 1);
        iphone.awaitTick(c, 1, "ben-" + format, "read");
        android.disconnect();
        iphone.sent(c, "second");
        android.connect();
        android.awaitTexts(c, "Xin chào 🕊️\nhai dòng", "second");
    }

    @Test
    void many_messages_come_in_order_and_once() {
        server.direct("many", "many-a", "many-b");
        TestDevice sender = device(WireFormat.JSON, "many-a", "phone").connect();
        TestDevice receiver = device(WireFormat.PROTO, "many-b", "phone").connect();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            texts.add("m" + i);
            sender.send("many", "m" + i);
        }

        receiver.awaitTexts("many", texts.toArray(String[]::new));
        sender.awaitTexts("many", texts.toArray(String[]::new));
    }

    @Test
    void session_without_traffic_lives_as_long_as_it_polls() throws Exception {
        TestDevice quiet = device(WireFormat.JSON, "quiet", "phone").connect();
        Hand silent = new Hand("silent");

        await().until(() -> !online("silent"));
        assertThat(silent.next(BodyCase.ERROR).getError().getCode()).isEqualTo(4401);
        assertThat(silent.fetch().headers().firstValue("Bocau-Close")).contains("4401");
        assertThat(online("quiet")).isTrue();
        assertThat(quiet.ended()).isFalse();
    }

    private static boolean online(String user) {
        return server.admin("GET", "/v1/users/" + user + "/devices", "")
                .body()
                .get("devices")
                .get(0)
                .get("online")
                .asBoolean();
    }

    // --------------------------------------------------------------------- lost, late and repeated

    @Test
    void answer_that_was_lost_is_asked_for_again_without_loss_or_repetition() throws Exception {
        server.direct("lost", "lost-a", "lost-b");
        Hand hand = new Hand("lost-a");
        hand.next(BodyCase.SYNC_CONVERSATION_STATES);
        Random random = new Random(1);
        Set<String> confirmed = new HashSet<>();
        for (int i = 1; i <= 40; i++) {
            String local = "m" + i;
            for (int repeated = random.nextInt(3); repeated >= 0; repeated--) {
                assertThat(hand.batch(i, message("lost", local)).statusCode()).isEqualTo(204);
            }
            while (!confirmed.contains(local)) {
                HttpResponse<byte[]> answer = hand.fetch();
                if (random.nextInt(3) == 0) {
                    List<ServerFrame> again = frames(hand.fetch());
                    assertThat(again).startsWith(frames(answer).toArray(ServerFrame[]::new));
                    continue;
                }
                for (ServerFrame frame : frames(answer)) {
                    hand.received++;
                    if (frame.getBodyCase() == BodyCase.MESSAGE_RECEIVED) {
                        assertThat(confirmed.add(frame.getMessageReceived().getLocalId())).isTrue();
                        assertThat(frame.getMessageReceived().getSeq()).isEqualTo(i);
                    }
                }
            }
        }
    }

    @Test
    void batch_that_is_repeated_while_it_is_handled_is_handled_once() throws Exception {
        Hand hand = new Hand("twice");
        List<String> pings = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            pings.add(ping(i));
        }
        HttpRequest request =
                HttpRequest.newBuilder(server.realtime("/poll?batch=1&session=" + hand.session))
                        .POST(BodyPublishers.ofString(String.join("\n", pings)))
                        .build();
        List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            answers.add(HTTP.sendAsync(request, BodyHandlers.ofByteArray()));
        }
        for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
            assertThat(answer.get().statusCode()).isEqualTo(204);
        }

        assertThat(hand.batch(2, ping(1_000)).statusCode()).isEqualTo(204);
        int pongs = 0;
        long last = -1;
        while (last != 1_000) {
            ServerFrame pong = hand.next(BodyCase.PONG);
            assertThat(pong.getPong().getTimestamp()).isGreaterThan(last);
            last = pong.getPong().getTimestamp();
            pongs++;
        }
        assertThat(pongs).isEqualTo(301);
    }

    @Test
    void of_two_requests_that_wait_the_newer_one_gets_what_comes() throws Exception {
        Hand hand = new Hand("two");
        hand.next(BodyCase.SYNC_CONVERSATION_STATES);
        HttpRequest waiting = hand.request(hand.received).build();
        CompletableFuture<HttpResponse<byte[]>> first =
                HTTP.sendAsync(waiting, BodyHandlers.ofByteArray());
        CompletableFuture<HttpResponse<byte[]>> second =
                HTTP.sendAsync(waiting, BodyHandlers.ofByteArray());
        await().until(() -> first.isDone() || second.isDone());
        CompletableFuture<HttpResponse<byte[]>> older = first.isDone() ? first : second;
        assertThat(older.get().statusCode()).isEqualTo(204);

        hand.batch(1, ping(7));

        assertThat(frames(hand.fetch()).getFirst().getPong())
                .extracting(dev.bocau.protocol.Pong::getTimestamp)
                .isEqualTo(7L);
    }

    @Test
    void wrong_counts_are_refused_and_the_session_lives() throws Exception {
        Hand hand = new Hand("counts");
        hand.next(BodyCase.SYNC_CONVERSATION_STATES);

        assertThat(hand.fetch(hand.received + 1).statusCode()).isEqualTo(409);
        assertThat(code(hand.fetch(hand.received + 1_000_000))).isEqualTo(4007);
        hand.batch(1, ping(1));
        hand.next(BodyCase.PONG);
        hand.batch(2, ping(2));
        hand.next(BodyCase.PONG);
        assertThat(code(hand.fetch(0))).isEqualTo(4090);
        assertThat(code(hand.batch(9, ping(9)))).isEqualTo(4002);
        assertThat(hand.batch(2, ping(2)).statusCode()).isEqualTo(204);
        assertThat(hand.batch(3, "nonsense", ping(3)).statusCode()).isEqualTo(204);
        assertThat(hand.next(BodyCase.ERROR).getError().getCode()).isEqualTo(4000);
        assertThat(hand.next(BodyCase.PONG).getPong().getTimestamp()).isEqualTo(3);
    }

    // ---------------------------------------------------------------------------------------------------- strangers

    @Test
    void who_does_not_say_who_it_is_gets_no_session() throws Exception {
        for (String body : List.of("", "\n\n", ping(1), "nonsense", "\u0000\u0001")) {
            HttpResponse<byte[]> answer =
                    ask(
                            HttpRequest.newBuilder(server.realtime("/poll"))
                                    .POST(BodyPublishers.ofString(body)));
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(code(answer)).isEqualTo(4002);
            assertThat(answer.headers().firstValue("Bocau-Session")).isEmpty();
        }
        String stranger =
                "{\"type\":\"device_connect\",\"token\":\"nonsense\",\"device\":{\"id\":\"x\",\"type\":\"web\",\"platform\":\"web\"}}";
        HttpResponse<byte[]> answer =
                ask(
                        HttpRequest.newBuilder(server.realtime("/poll"))
                                .POST(BodyPublishers.ofString(stranger)));
        assertThat(code(answer)).isEqualTo(4100);
        if (answer.statusCode() == 200) {
            String session = answer.headers().firstValue("Bocau-Session").orElseThrow();
            answer =
                    ask(
                            HttpRequest.newBuilder(
                                    server.realtime("/poll?received=1&session=" + session)));
        }
        assertThat(answer.statusCode()).isEqualTo(410);
        assertThat(answer.headers().firstValue("Bocau-Close")).contains("4100");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, '', 410",
        "GET, '?session=AAAAAAAAAAAAAAAAAAAAAA&received=0', 410",
        "POST, '?session=AAAAAAAAAAAAAAAAAAAAAA&batch=1', 410",
        "GET, '?session=%SESSION%', 400",
        "GET, '?session=%SESSION%&received=-1', 400",
        "GET, '?session=%SESSION%&received=99999999999999999999', 400",
        "POST, '?session=%SESSION%', 400",
        "POST, '?session=%SESSION%&batch=x', 400",
        "DELETE, '', 405",
    })
    void bad_request_is_refused(String method, String query, int status) throws Exception {
        Hand hand = new Hand("bad");
        HttpResponse<byte[]> answer =
                ask(
                        HttpRequest.newBuilder(
                                        server.realtime(
                                                "/poll" + query.replace("%SESSION%", hand.session)))
                                .method(method, BodyPublishers.ofString(ping(1))));
        assertThat(answer.statusCode()).isEqualTo(status);
        hand.batch(1, ping(1));
        assertThat(hand.next(BodyCase.PONG).getPong().getTimestamp()).isEqualTo(1);
    }

    @Test
    void frame_that_is_too_large_ends_the_session_and_a_body_that_is_too_large_the_socket()
            throws Exception {
        Hand hand = new Hand("large");
        hand.batch(1, "x".repeat(65_537));
        assertThat(hand.next(BodyCase.ERROR).getError().getCode()).isEqualTo(4004);
        HttpResponse<byte[]> over = hand.fetch();
        assertThat(over.statusCode()).isEqualTo(410);
        assertThat(over.headers().firstValue("Bocau-Close")).contains("4004");

        HttpResponse<byte[]> answer = new Hand("larger").post("", "x".repeat(100_000));
        assertThat(answer.statusCode()).isEqualTo(413);
    }

    @Test
    void client_that_goes_ends_its_session_at_once() throws Exception {
        Hand hand = new Hand("goes");
        assertThat(hand.post("?end=1&session=" + hand.session).statusCode()).isEqualTo(204);

        assertThat(hand.fetch().statusCode()).isEqualTo(410);
        assertThat(hand.fetch().headers().firstValue("Bocau-Close")).contains("4405");
    }

    @Test
    void same_device_on_another_connection_replaces_the_session() throws Exception {
        Hand first = new Hand("again");
        first.next(BodyCase.SYNC_CONVERSATION_STATES);
        new Hand("again");

        assertThat(first.next(BodyCase.ERROR).getError().getCode()).isEqualTo(4500);
        assertThat(first.fetch().headers().firstValue("Bocau-Close")).contains("4500");
    }

    @Test
    void client_that_fetches_nothing_is_not_sent_more_than_may_wait() throws Exception {
        try (TestServer small =
                new TestServer(
                        java.nio.file.Files.createTempDirectory("bocau-slow"),
                        Map.of("LIMITS_OUTBOUND_BYTES", "65536"))) {
            small.direct("slow", "slow-a", "slow-b");
            TestDevice sender = small.device(WireFormat.JSON, "slow-a", "phone").connect();
            TestDevice slow =
                    new TestDevice(
                            PollLink.to(small.realtimePort(), WireFormat.JSON),
                            "slow-b",
                            "phone",
                            () -> small.token("slow-b"));
            slow.connect().await(BodyCase.SYNC_CONVERSATION_STATES);
            slow.disconnect();
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                texts.add(i + "x".repeat(4_000));
                sender.send("slow", texts.getLast());
            }
            sender.await("✓", () -> sender.waiting() == 0);
            slow.connect();
            slow.awaitTexts("slow", texts.toArray(String[]::new));
            sender.close();
            slow.close();
        }
    }

    // -------------------------------------------------------------------------------------------------- compression

    @ParameterizedTest
    @CsvSource({"gzip, gzip", "'br;q=1.0, gzip', br", "'deflate, br;q=0, gzip;q=0.5', gzip"})
    void answers_are_compressed_as_the_client_likes(String accepted, String expected)
            throws Exception {
        server.direct("zip-" + expected, "zip-a", "zip-" + expected);
        TestDevice sender = kept(server.device(WireFormat.JSON, "zip-a", "phone")).connect();
        sender.sent("zip-" + expected, "x".repeat(4_000));
        Hand hand = new Hand("zip-" + expected);

        // What comes before the page is too short to be compressed.
        HttpResponse<byte[]> answer = ask(hand.request(0).header("Accept-Encoding", accepted));
        for (int i = 0; i < 10 && answer.headers().firstValue("Content-Encoding").isEmpty(); i++) {
            answer = ask(hand.request(0).header("Accept-Encoding", accepted));
        }

        assertThat(answer.headers().firstValue("Content-Encoding")).contains(expected);
        assertThat(answer.body().length).isLessThan(2_000);
        byte[] whole =
                expected.equals("gzip")
                        ? new GZIPInputStream(new ByteArrayInputStream(answer.body()))
                                .readAllBytes()
                        : com.aayushatharva.brotli4j.decoder.Decoder.decompress(answer.body())
                                .getDecompressedData();
        assertThat(new String(whole, StandardCharsets.UTF_8)).contains("x".repeat(4_000));
    }
}
