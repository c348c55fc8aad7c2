package dev.bocau.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bocau.frame.TestFrames;
import dev.bocau.frame.WireFormat;
import dev.bocau.model.Code;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.protocol.ServerFrame.BodyCase;
import dev.bocau.testing.RawSocket;
import dev.bocau.testing.SocketLink;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What strangers, broken clients and floods meet.
class BadInputTest extends SocketFixture {
    @Test
    void connection_without_a_subprotocol_speaks_json() throws Exception {
        try (RawSocket socket = new RawSocket(server.realtimePort())) {
            socket.handshake("");
            socket.sendText("{\"type\":\"ping\",\"timestamp\":1}");
            assertThat(socket.readText()).contains("\"code\":4002");
        }
    }

    @Test
    void plain_http_is_told_where_the_websocket_is() {
        TestServer.Answer answer =
                TestServer.ask(
                        HttpRequest.newBuilder(
                                        URI.create(
                                                "http://127.0.0.1:%d/"
                                                        .formatted(server.realtimePort())))
                                .build());

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body().asString()).contains("/ws");
    }

    private static final String GOOD_HANDSHAKE =
            """
            GET /ws?from=test HTTP/1.1
            Host: localhost
            Upgrade: websocket
            Connection: keep-alive, Upgrade
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Protocol: chat.v7, bocau.v1.proto , bocau.v1.json

            """;

    @Test
    void handshake_is_answered_and_the_first_format_known_is_chosen() throws Exception {
        try (RawSocket socket = new RawSocket(server.realtimePort())) {
            assertThat(socket.ask(GOOD_HANDSHAKE))
                    .startsWith("HTTP/1.1 101")
                    // RFC 6455, section 1.3.
                    .containsIgnoringCase("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
                    .containsIgnoringCase("sec-websocket-protocol: bocau.v1.proto");
        }
    }

    @Test
    void frame_sent_along_with_the_handshake_is_not_lost() throws Exception {
        try (RawSocket socket = new RawSocket(server.realtimePort())) {
            String ping = "{\"type\":\"ping\",\"timestamp\":1}";
            String frame = "\u0081" + (char) (0x80 | ping.length()) + "\0\0\0\0" + ping;
            String json = GOOD_HANDSHAKE.replaceAll("(?m)^Sec-WebSocket-Protocol.*\n", "");
            assertThat(socket.ask(json + frame)).startsWith("HTTP/1.1 101");
            assertThat(socket.readText()).contains("\"code\":4002");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET /ws?, GET /elsewhere?, 404",
        "GET /ws?, POST /ws?, 426",
        "Upgrade: websocket, Upgrade: h2c, 426",
        "'Connection: keep-alive, Upgrade', Connection: keep-alive, 426",
        "Version: 13, Version: 8, 426",
        "dGhlIHNhbXBsZSBub25jZQ==, abc, 400",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==, X: y, 400",
        "GET /ws?from=test HTTP/1.1, nonsense, 400"
    })
    void bad_handshake_is_refused_in_words(String good, String bad, int status) throws Exception {
        try (RawSocket socket = new RawSocket(server.realtimePort())) {
            assertThat(socket.ask(GOOD_HANDSHAKE.replace(good, bad)))
                    .startsWith("HTTP/1.1 " + status)
                    .containsIgnoringCase("connection: close");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0000',
            textBlock =
                    """
                    4000 | {bad
                    4000 | [1,2]
                    4000 | \u0001
                    4001 | {"type":"wave"}
                    4002 | {"type":"device_connect","token":"x","device":{"id":"again","type":"web","platform":"web"}}
                    4003 | {"type":"send_message","localId":"","conversationId":"c1","kind":"text","content":"x"}
                    4003 | {"type":"send_message","localId":"a b","conversationId":"c1","kind":"text","content":"x"}
                    4003 | {"type":"send_message","localId":"1","conversationId":"c/1","kind":"text","content":"x"}
                    4003 | {"type":"send_message","localId":"1","conversationId":"c1","kind":"song","content":"x"}
                    4003 | {"type":"send_message","localId":"1","conversationId":"c1","kind":"text","content":""}
                    4003 | {"type":"send_message","localId":"1","conversationId":"c1","kind":"text","content":"\\ud800"}
                    4003 | {"type":"send_message","localId":"1","conversationId":"c1","kind":"text","content":"x","readSeq":-1}
                    4030 | {"type":"send_message","localId":"1","conversationId":"elsewhere","kind":"text","content":"x"}
                    4003 | {"type":"mark_read","conversationId":"c1"}
                    4003 | {"type":"mark_read","conversationId":"c1","seq":-1}
                    4003 | {"type":"mark_read","conversationId":"c1","seq":0,"readAt":-5}
                    4003 | {"type":"mark_read","conversationId":"c1","messageIds":["not-a-uuid"]}
                    4041 | {"type":"mark_read","conversationId":"c1","messageIds":["01997c2a-5c00-7abc-8def-0123456789ab"]}
                    4007 | {"type":"mark_read","conversationId":"c1","seq":1000000}
                    4030 | {"type":"mark_read","conversationId":"elsewhere","seq":1}
                    4007 | {"type":"mark_delivered","conversationId":"c1","seq":1000000}
                    4030 | {"type":"mark_delivered","conversationId":"elsewhere","seq":1}
                    4003 | {"type":"ack","position":""}
                    4003 | {"type":"ack"}
                    4007 | {"type":"ack","position":"AXdAIiOky-wkBwIAAA"}
                    4003 | {"type":"edit_message","localId":"1","conversationId":"c1","messageId":"x","content":"y"}
                    4041 | {"type":"edit_message","localId":"1","conversationId":"c1","messageId":"01997c2a-5c00-7abc-8def-0123456789ab","content":"y"}
                    4030 | {"type":"recall_message","localId":"1","conversationId":"elsewhere","messageId":"01997c2a-5c00-7abc-8def-0123456789ab"}
                    4100 | {"type":"token","token":"nonsense"}
                    """)
    void bad_frame_gets_a_coded_error_and_the_connection_lives(int code, String json)
            throws Exception {
        Ear ear = new Ear();
        SocketLink link = open(WireFormat.JSON, ear);
        link.sendText(TestFrames.json(connect("alice", "bad-input")));
        ear.next(BodyCase.DEVICE_CONNECTED);

        link.sendText(json.strip());

        assertThat(ear.next(BodyCase.ERROR).getError().getCode()).isEqualTo(code);
        link.sendText("{\"type\":\"ping\",\"timestamp\":7}");
        assertThat(ear.next(BodyCase.PONG).getPong().getTimestamp()).isEqualTo(7);
        link.close();
    }

    @Test
    void frame_of_the_wrong_kind_is_refused() throws Exception {
        Ear json = new Ear();
        open(WireFormat.JSON, json).sendBinary(new byte[] {1, 2, 3});
        Ear proto = new Ear();
        open(WireFormat.PROTO, proto).sendText("{}");

        assertThat(json.next(BodyCase.ERROR).getError().getCode()).isEqualTo(4000);
        assertThat(proto.next(BodyCase.ERROR).getError().getCode()).isEqualTo(4000);
    }

    @Test
    void content_that_is_too_large_is_refused_and_the_connection_lives() throws Exception {
        Ear ear = new Ear();
        SocketLink link = open(WireFormat.JSON, ear);
        link.sendText(TestFrames.json(connect("alice", "large")));
        ear.next(BodyCase.DEVICE_CONNECTED);
        String message =
                "{\"type\":\"send_message\",\"localId\":\"%s\",\"conversationId\":\"c1\",\"kind\":\"text\",\"content\":\"%s\"}";

        link.sendText(message.formatted("over", "é".repeat(4_097)));
        ServerFrame error = ear.next(BodyCase.ERROR);
        assertThat(error.getError().getCode()).isEqualTo(4005);
        assertThat(error.getError().getLocalId()).isEqualTo("over");

        link.sendText(message.formatted("just", "é".repeat(4_096)));
        assertThat(ear.next(BodyCase.MESSAGE_RECEIVED).getMessageReceived().getLocalId())
                .isEqualTo("just");
        link.close();
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void frame_that_is_too_large_ends_the_connection_with_a_code(WireFormat format)
            throws Exception {
        Ear ear = new Ear();
        SocketLink link = open(format, ear);
        if (format == WireFormat.JSON) {
            link.sendText("x".repeat(65_537));
        } else {
            link.sendBinary(new byte[65_537]);
        }

        assertThat(ear.next(BodyCase.ERROR).getError().getCode()).isEqualTo(4004);
        ear.expectClose(Code.FRAME_TOO_LARGE);
    }

    @Test
    void message_in_pieces_is_put_together_and_too_many_pieces_are_refused() throws Exception {
        try (RawSocket socket = new RawSocket(server.realtimePort())) {
            socket.handshake("bocau.v1.json");
            socket.sendPiece(1, false, "{\"type\":\"pi");
            socket.sendPiece(0, true, "ng\",\"timestamp\":1}");
            assertThat(socket.readText()).contains("\"code\":4002").contains("\"frame\":\"ping\"");
            socket.sendPiece(1, false, "x".repeat(40_000));
            socket.sendPiece(0, false, "x".repeat(40_000));
            assertThat(socket.readText()).contains("\"code\":4004");
        }
    }

    @Test
    void violation_of_the_websocket_protocol_ends_the_connection() throws Exception {
        try (RawSocket socket = new RawSocket(server.realtimePort())) {
            socket.handshake("bocau.v1.json");
            socket.write(new byte[] {(byte) 0xf1, (byte) 0x80, 0, 0, 0, 0});
            assertThat(socket.readClose()).isEqualTo(1002);
        }
    }

    @Test
    void utf8_that_is_none_is_refused_and_the_connection_lives() throws Exception {
        try (RawSocket socket = new RawSocket(server.realtimePort())) {
            socket.handshake("bocau.v1.json");
            byte[] bytes = "{\"type\":\"token\",\"token\":\"x\"}".getBytes(StandardCharsets.UTF_8);
            bytes[bytes.length - 3] = (byte) 0xc3;
            socket.sendPiece(1, true, bytes);
            assertThat(socket.readText()).contains("\"code\":4000");
            socket.sendText("{\"type\":\"ping\",\"timestamp\":1}");
            assertThat(socket.readText()).contains("\"code\":4002");
        }
    }

    private static final Map<String, String> STRICT =
            Map.of(
                    "LIMITS_FRAMES_PER_SECOND", "50",
                    "LIMITS_FRAME_BURST", "60",
                    "LIMITS_FAULTS_PER_MINUTE", "30",
                    "LIMITS_FLOOD_PER_MINUTE", "500");

    @Test
    void flood_is_refused_with_a_time_and_then_ended_and_nobody_else_is_affected()
            throws Exception {
        try (TestServer strict = small(STRICT)) {
            strict.direct(C1, "flooder", "bystander");
            TestDevice bystander = strict.device(WireFormat.JSON, "bystander", "phone").connect();
            Ear ear = new Ear();
            SocketLink link = open(strict, WireFormat.JSON, ear);
            link.send(connect(strict, "flooder", "bot"));
            ear.next(BodyCase.DEVICE_CONNECTED);
            for (int i = 0; i < 2_000; i++) {
                link.sendText("{\"type\":\"ping\",\"timestamp\":1}");
            }

            ServerFrame error = ear.next(BodyCase.ERROR);
            assertThat(error.getError().getCode()).isEqualTo(4301);
            assertThat(error.getError().getRetryAfterMs()).isPositive();
            ear.expectClose(Code.TOO_MANY_FAULTS);
            TestDevice sender = strict.device(WireFormat.JSON, "flooder", "phone").connect();
            sender.sent(C1, "still here");
            bystander.awaitTexts(C1, "still here");
            sender.close();
            bystander.close();
        }
    }

    @Test
    void client_whose_every_frame_is_refused_is_ended() throws Exception {
        try (TestServer strict = small(STRICT)) {
            Ear ear = new Ear();
            SocketLink link = open(strict, WireFormat.JSON, ear);
            for (int i = 0; i < 40; i++) {
                link.sendText("nonsense");
            }

            ear.expectClose(Code.TOO_MANY_FAULTS);
        }
    }

    @Test
    void refused_message_is_not_overtaken_by_those_behind_it() throws Exception {
        try (TestServer strict = small(STRICT)) {
            strict.direct("order", "order-a", "order-b");
            Ear ear = new Ear();
            SocketLink link = open(strict, WireFormat.JSON, ear);
            link.send(connect(strict, "order-a", "phone"));
            ear.next(BodyCase.DEVICE_CONNECTED);
            int total = 120;
            int confirmed = 0;
            while (confirmed < total) {
                int before = confirmed;
                for (int i = before; i < total; i++) {
                    link.sendText(numbered(i));
                }
                long retryAfterMs = 0;
                for (int answers = 0; answers < total - before; ) {
                    ServerFrame frame = ear.frames.poll(10, TimeUnit.SECONDS);
                    assertThat(frame).as("an answer; closed: %s", ear.closed).isNotNull();
                    switch (frame.getBodyCase()) {
                        case MESSAGE_RECEIVED -> {
                            answers++;
                            assertThat(frame.getMessageReceived().getLocalId())
                                    .isEqualTo("m%03d".formatted(confirmed));
                            confirmed++;
                        }
                        case ERROR -> {
                            answers++;
                            retryAfterMs =
                                    Math.max(retryAfterMs, frame.getError().getRetryAfterMs());
                        }
                        default -> {}
                    }
                }
                assertThat(ear.frames.poll(retryAfterMs, TimeUnit.MILLISECONDS)).isNull();
            }
            link.close();
            String history =
                    strict.admin("GET", "/v1/conversations/order/messages?limit=200", "")
                            .body()
                            .toString();
            for (int i = 0; i < total; i++) {
                assertThat(history).contains("\"seq\":%d,".formatted(i + 1));
            }
        }
    }

    private static String numbered(int i) {
        return "{\"type\":\"send_message\",\"localId\":\"m%03d\",\"conversationId\":\"order\",\"kind\":\"text\",\"content\":\"m%03d\"}"
                .formatted(i, i);
    }

    @Test
    void client_that_never_reads_is_bounded_and_does_not_disturb_the_others() throws Exception {
        server.direct("deaf", "deaf-a", "deaf-b");
        try (RawSocket deaf = new RawSocket(server.realtimePort())) {
            deaf.handshake("bocau.v1.json");
            deaf.sendText(TestFrames.json(connect("deaf-b", "never-reads")));
            TestDevice other = device(WireFormat.JSON, "deaf-b", "reads").connect();
            TestDevice sender = device(WireFormat.PROTO, "deaf-a", "phone").connect();
            for (int i = 0; i < 45; i++) {
                sender.sent("deaf", "x".repeat(8_000));
            }
            other.await("all", () -> other.texts("deaf").size() == 45);
        }
    }

    @Test
    void answers_that_are_not_read_end_the_connection() throws Exception {
        try (TestServer small =
                small(
                        Map.of(
                                "LIMITS_OUTBOUND_MAX_BYTES", "65536",
                                "LIMITS_OUTBOUND_BYTES", "4096",
                                "LIMITS_FRAMES_PER_SECOND", "1000000",
                                "LIMITS_FRAME_BURST", "1000000"))) {
            try (RawSocket deaf = new RawSocket(small.realtimePort())) {
                deaf.handshake("bocau.v1.json");
                deaf.sendText(
                        TestFrames.json(
                                ClientFrame.newBuilder()
                                        .setDeviceConnect(
                                                small.device(WireFormat.JSON, "a", "deaf")
                                                        .deviceConnect())
                                        .build()));
                await().atMost(30, TimeUnit.SECONDS)
                        .until(() -> {
                            try {
                                deaf.sendTexts(10_000, "{\"type\":\"ping\",\"timestamp\":1}");
                                return metric(small, "bocau_connections") == 0;
                            } catch (IOException ended) {
                                return true;
                            }
                        });
            }
        }
    }

    /// Pings are answered below everything that counts frames.
    @Test
    void pings_whose_answers_are_not_read_are_not_read_either() throws Exception {
        byte[] ping = {(byte) 0x89, (byte) 0x80, 0, 0, 0, 0};
        byte[] pings = new byte[ping.length * 10_000];
        for (int i = 0; i < pings.length; i++) {
            pings[i] = ping[i % ping.length];
        }
        try (RawSocket deaf = new RawSocket(server.realtimePort())) {
            deaf.handshake("bocau.v1.json");
            AtomicLong written = new AtomicLong();
            Thread.startVirtualThread(() -> {
                try {
                    while (true) {
                        deaf.write(pings);
                        written.addAndGet(pings.length);
                    }
                } catch (IOException ended) {
                    written.addAndGet(1);
                }
            });
            AtomicLong seen = new AtomicLong(-1);
            await().atMost(30, TimeUnit.SECONDS)
                    .pollInterval(500, TimeUnit.MILLISECONDS)
                    .until(() -> written.get() == seen.getAndSet(written.get()));
            assertThat(written.get()).isLessThan(100_000_000);
        }
    }

    @Test
    void more_connections_than_allowed_are_asked_to_come_back_later() throws Exception {
        try (TestServer small = small(Map.of("LIMITS_CONNECTIONS", "2"))) {
            TestDevice one = small.device(WireFormat.JSON, "a", "1").connect();
            TestDevice two = small.device(WireFormat.JSON, "a", "2").connect();
            TestDevice three = small.device(WireFormat.JSON, "a", "3").open();

            assertThat(three.awaitError(4404).getError().getRetryAfterMs()).isPositive();
            assertThat(three.awaitClosed()).isEqualTo(4404);
            one.disconnect();
            await().until(() -> metric(small, "bocau_connections") == 1);
            three.connect(Optional.empty());
            two.disconnect();
            three.disconnect();
        }
    }
}
