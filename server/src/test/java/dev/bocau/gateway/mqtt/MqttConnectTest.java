package dev.bocau.gateway.mqtt;

import static dev.bocau.testing.MqttSocket.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bocau.testing.MqttSocket;
import dev.bocau.testing.MqttSocket.Body;
import dev.bocau.testing.MqttSocket.Packet;
import dev.bocau.testing.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who gets in, and what the others are told.
class MqttConnectTest extends PacketFixture {
    @Test
    void connack_tells_what_there_is() throws IOException {
        conversation();
        MqttSocket socket = socket();
        Body asked = body().one(0x11).four(0xffff_ffffL).one(0x19).one(1);
        socket.write(connect(asked, alice, true, 0));

        Packet answer = socket.read();

        assertThat(answer.reason()).isZero();
        assertThat(answer.body()[0]).as("session present").isZero();
        assertThat(answer.properties())
                .containsEntry("11", 7 * 24 * 3600)
                .containsEntry("21", 64)
                .containsEntry("24", 1)
                .containsEntry("25", 0)
                .containsEntry("27", 65_536)
                .containsEntry("28", 0)
                .containsEntry("29", 0)
                .containsEntry("2a", 0)
                .containsEntry("13", 1_600)
                .containsEntry("1a", "inbox");
    }

    @ParameterizedTest
    @CsvSource({
        "no token,          0x86, 4100",
        "empty client id,   0x85, ''",
        "odd client id,     0x85, ''",
        "authentication,    0x8c, ''",
        "receive maximum 0, 0x82, ''",
        "small packets,     0x95, ''",
        "unknown format,    0x83, ''",
        "unknown type,      0x83, 4003",
        "other's token,     0x87, 4031"
    })
    void whoever_is_not_let_in_is_told_why(String what, String reason, String code)
            throws IOException {
        conversation();
        Body properties = body();
        String clientId = "device";
        String token = server.token(alice);
        switch (what) {
            case "no token" -> token = "";
            case "empty client id" -> clientId = "";
            case "odd client id" -> clientId = "a/b";
            case "authentication" -> properties.one(0x15).text("SCRAM");
            case "receive maximum 0" -> properties.one(0x21).two(0);
            case "small packets" -> properties.one(0x27).four(1_000);
            case "unknown format" -> properties.userProperty("format", "xml");
            case "unknown type" -> properties.userProperty("type", "toaster");
            case "other's token" -> token = server.token(alice, "{\"device\":\"mine\"}");
            default -> throw new AssertionError(what);
        }
        MqttSocket socket = socket();
        socket.write(MqttSocket.connect(properties, clientId, null, token, true, 60));

        Packet answer = socket.read();

        assertThat(answer.type()).isEqualTo(MqttSocket.CONNACK);
        assertThat(answer.reason()).isEqualTo(Integer.decode(reason));
        assertThat(answer.properties()).containsKey("1f");
        assertThat(answer.properties().getOrDefault("code", "")).isEqualTo(code);
        assertThat(socket.isEnded()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "no token, 4",
        "odd client id, 2",
        "version 3, 1",
        "version 9, 1",
        "no such type, 5"
    })
    void in_the_older_version_there_are_fewer_reasons(String what, int code) throws IOException {
        conversation();
        String token = server.token(alice);
        MqttSocket socket = socket();
        socket.write(
                switch (what) {
                    case "no token" -> MqttSocket.connect(null, "device", "x", "", true, 60);
                    case "odd client id" -> MqttSocket.connect(null, "#", "x", token, true, 60);
                    case "version 3" ->
                            body().text("MQIsdp").one(3).one(2).two(60).text("d").packet(1, 0);
                    case "version 9" ->
                            body().text("MQTT").one(9).one(2).two(60).text("d").packet(1, 0);
                    default ->
                            MqttSocket.connect(null, "device", "x?type=toaster", token, true, 60);
                });

        Packet answer = socket.read();

        assertThat(answer.type()).isEqualTo(MqttSocket.CONNACK);
        assertThat(answer.reason()).isEqualTo(code);
        assertThat(socket.isEnded()).isTrue();
    }

    @Test
    void whoever_does_not_begin_with_connect_gets_no_answer() throws IOException {
        for (byte[] first :
                List.of(
                        "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
                        publish(true, "conversations/c", 1, "{}"),
                        PINGREQ,
                        new byte[] {0, 0},
                        new byte[] {0x10, -1, -1, -1, -1, 1})) {
            MqttSocket socket = socket();
            socket.write(first);
            assertThatThrownBy(socket::read).isInstanceOf(java.io.EOFException.class);
        }
    }

    @Test
    void connection_on_which_nothing_is_said_is_closed() throws IOException {
        TestServer small = kept(small(Map.of("LIMITS_CONNECT_TIMEOUT_MS", "200")));
        assertThat(kept(new MqttSocket(small.mqttPort())).isEnded()).isTrue();
    }

    @Test
    void more_connections_than_allowed_are_asked_to_come_back_later() throws IOException {
        TestServer small = kept(small(Map.of("LIMITS_CONNECTIONS", "1")));
        MqttSocket first = kept(new MqttSocket(small.mqttPort()));
        first.write(MqttSocket.connect(body(), "1", null, small.token("a"), true, 60));
        assertThat(first.read().reason()).isZero();
        MqttSocket second = kept(new MqttSocket(small.mqttPort()));
        second.write(MqttSocket.connect(body(), "2", null, small.token("a"), true, 60));

        Packet answer = second.read();

        assertThat(answer.reason()).isEqualTo(0x89);
        assertThat(answer.properties()).containsEntry("code", "4404");
        assertThat(second.isEnded()).isTrue();
    }

    @Test
    void silent_client_is_closed_after_its_keep_alive_and_one_that_pings_is_not()
            throws IOException {
        conversation();
        MqttSocket silent = socket();
        silent.write(connect(body(), alice, true, 1));
        MqttSocket pinging = socket();
        pinging.write(connect(body(), bob, true, 1));
        assertThat(silent.read().properties()).doesNotContainKey("13");
        assertThat(pinging.read().reason()).isZero();
        long begun = System.nanoTime();
        Thread.startVirtualThread(() -> {
            try {
                while (true) {
                    pinging.write(PINGREQ);
                    pinging.read(MqttSocket.PINGRESP);
                }
            } catch (IOException ended) {
                // The test is over.
            }
        });

        Packet last = silent.read();

        assertThat(last.type()).isEqualTo(MqttSocket.DISCONNECT);
        assertThat(last.reason()).isEqualTo(0x8d);
        assertThat(System.nanoTime() - begun).isGreaterThan(1_400_000_000L);
        pinging.write(MqttSocket.subscribe(true, 1, "inbox", 1));
        assertThat(metric(server, "bocau_connections")).isEqualTo(1);
    }
}
