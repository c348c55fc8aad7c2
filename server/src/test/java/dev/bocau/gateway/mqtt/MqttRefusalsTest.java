package dev.bocau.gateway.mqtt;

import static dev.bocau.testing.MqttSocket.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bocau.testing.MqttSocket;
import dev.bocau.testing.MqttSocket.Body;
import dev.bocau.testing.MqttSocket.Packet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is refused, and who is closed.
class MqttRefusalsTest extends PacketFixture {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    elsewhere            |      | {}                                               | 0x90 | 4001
                    inbox                |      | {}                                               | 0x90 | 4001
                    conversations/none   |      | {"localId":"1","kind":"text","content":"x"}      | 0x87 | 4030
                    conversations/a/b    |      | {"localId":"1","kind":"text","content":"x"}      | 0x99 | 4003
                    conversations/other  |      | {"localId":"1","kind":"text","content":"x"}      | 0x87 | 4030
                    conversations/MINE   |      | {"localId":"1","kind":"song","content":"x"}      | 0x99 | 4003
                    conversations/MINE   |      | {"localId":"a b","kind":"text","content":"x"}    | 0x99 | 4003
                    conversations/MINE   |      | {"localId":"1","kind":"text","content":"x","conversationId":"c"} | 0x99 | 4003
                    conversations/MINE   |      | nonsense                                         | 0x99 | 4000
                    conversations/MINE   |      | []                                               | 0x99 | 4000
                    conversations/MINE   | type | {"localId":"1","kind":"text","content":"x"}      | 0x99 | 4003
                    conversations/MINE   | resp | {"localId":"1","kind":"text","content":"x"}      | 0x90 | 4001
                    conversations/MINE   | corr | {"localId":"1","kind":"text","content":"x"}      | 0x99 | 4003
                    frames               |      | {"type":"wave"}                                  | 0x99 | 4001
                    frames               |      | {"type":"ack","position":"AA"}                   | 0x99 | 4001
                    frames               |      | {"type":"device_connect","token":"x"}            | 0x99 | 4002
                    frames               |      | {"type":"mark_read","conversationId":"none","seq":1} | 0x87 | 4030
                    frames               | prot | {"type":"ping"}                                  | 0x99 | 4000
                    """)
    void what_may_not_be_published_is_refused(
            String topic, String property, String payload, String reason, String code)
            throws IOException {
        String c = conversation();
        server.direct("other", "x", "y");
        String to = topic.strip().replace("MINE", c);
        Body properties = body();
        switch (String.valueOf(property).strip()) {
            case "type" -> properties.one(0x03).text("text/plain");
            case "prot" -> properties.one(0x03).text("application/protobuf");
            case "resp" -> properties.one(0x08).text("elsewhere");
            case "corr" -> properties.one(0x09).text("not an id");
            default -> {}
        }
        MqttSocket socket = subscribed(true, alice);
        socket.write(
                MqttSocket.publish(
                        properties, to, 9, false, payload.getBytes(StandardCharsets.UTF_8)));

        Packet answer = socket.read(MqttSocket.PUBACK);

        assertThat(answer.packetId()).isEqualTo(9);
        assertThat(answer.properties()).containsEntry("code", code.strip());
        assertThat(answer.reason()).isEqualTo(Integer.decode(reason.strip()));
        next(socket, true, "\"code\":" + code.strip());
        if (property == null) {
            MqttSocket older = subscribed(false, alice);
            older.write(publish(false, to, 9, payload));
            assertThat(older.read(MqttSocket.PUBACK).packetId()).isEqualTo(9);
            next(older, false, "\"code\":" + code.strip());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "qos 2,                    0x9b",
        "retained,                 0x9a",
        "topic alias,              0x94",
        "connect twice,            0x82",
        "pubrel,                   0x82",
        "auth,                     0x82",
        "connack,                  0x82",
        "subscription identifier,  0xa1",
        "subscription to nothing,  0x82",
        "packet id in use,         0x82",
        "too many at once,         0x93",
        "packet id 0,              0x81",
        "qos 3,                    0x81",
        "odd flags,                0x81",
        "wildcard topic,           0x81",
        "too long,                 0x95",
        "length of five bytes,     0x81",
        "ping with a body,         0x81"
    })
    void whoever_does_not_keep_to_mqtt_is_told_and_closed(String what, String reason)
            throws IOException {
        String c = conversation();
        byte[] payload = message("l1", "x").getBytes(StandardCharsets.UTF_8);
        String topic = "conversations/" + c;
        Body publish = body().text(topic).two(1);
        byte[] bad =
                switch (what) {
                    case "qos 2" -> publish.properties(body()).raw(payload).packet(3, 4);
                    case "retained" -> publish.properties(body()).raw(payload).packet(3, 3);
                    case "topic alias" ->
                            publish.properties(body().one(0x23).two(1)).raw(payload).packet(3, 2);
                    case "connect twice" -> connect(true, alice, true);
                    case "pubrel" -> body().two(1).packet(MqttSocket.PUBREL, 2);
                    case "auth" -> body().packet(MqttSocket.AUTH, 0);
                    case "connack" -> body().two(0).properties(body()).packet(2, 0);
                    case "subscription identifier" ->
                            body().two(1)
                                    .properties(body().one(0x0b).one(1))
                                    .text("inbox")
                                    .one(1)
                                    .packet(8, 2);
                    case "subscription to nothing" -> body().two(1).properties(body()).packet(8, 2);
                    case "packet id in use" -> {
                        byte[][] many = new byte[40][];
                        for (int i = 0; i < many.length; i++) {
                            many[i] = publish(true, topic, 1, message("l" + i, "x"));
                        }
                        yield joined(many);
                    }
                    case "too many at once" -> {
                        byte[][] many = new byte[400][];
                        for (int i = 0; i < many.length; i++) {
                            many[i] = publish(true, "x", i + 1, "");
                        }
                        yield joined(many);
                    }
                    case "packet id 0" -> body().text(topic).two(0).properties(body()).packet(3, 2);
                    case "qos 3" -> publish.properties(body()).packet(3, 6);
                    case "odd flags" -> body().two(1).properties(body()).packet(8, 0);
                    case "wildcard topic" -> body().text("#").properties(body()).packet(3, 0);
                    case "too long" ->
                            publish.properties(body()).raw(new byte[70_000]).packet(3, 2);
                    case "length of five bytes" -> new byte[] {0x30, -1, -1, -1, -1, 1};
                    case "ping with a body" -> body().one(1).packet(MqttSocket.PINGREQ, 0);
                    default -> throw new AssertionError(what);
                };
        MqttSocket socket = connected(true, alice, true);
        socket.write(bad);

        Packet last = socket.read(MqttSocket.DISCONNECT);

        assertThat(last.reason()).isEqualTo(Integer.decode(reason));
        assertThat(last.properties()).containsKeys("1f", "code");
        assertThat(socket.isEnded()).isTrue();
    }

    @Test
    void retained_messages_of_the_older_version_are_messages() throws IOException {
        String c = conversation();
        MqttSocket socket = connected(false, alice, true);
        byte[] payload = message("l1", "x").getBytes(StandardCharsets.UTF_8);
        socket.write(body().text("conversations/" + c).two(1).raw(payload).packet(3, 3));

        assertThat(socket.read(MqttSocket.PUBACK).packetId()).isEqualTo(1);
        websocket(bob, "phone").connect().awaitTexts(c, "x");
    }

    @Test
    void violation_in_the_older_version_just_ends_the_connection() throws IOException {
        conversation();
        MqttSocket socket = connected(false, alice, true);
        socket.write(body().two(1).packet(MqttSocket.PUBREL, 2));

        assertThatThrownBy(socket::read).isInstanceOf(java.io.EOFException.class);
    }
}
