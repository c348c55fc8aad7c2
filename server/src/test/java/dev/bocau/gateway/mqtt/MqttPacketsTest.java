package dev.bocau.gateway.mqtt;

import static dev.bocau.testing.MqttSocket.body;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.testing.MqttSocket;
import dev.bocau.testing.MqttSocket.Body;
import dev.bocau.testing.MqttSocket.Packet;
import dev.bocau.testing.MqttSocket.Published;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The inbox and what is published, packet by packet: what comes when, and what confirms what.
class MqttPacketsTest extends PacketFixture {
    // ------------------------------------------------------------------------------------------------------ the inbox

    @Test
    void nothing_comes_before_the_subscription() throws IOException {
        String c = conversation();
        MqttSocket socket = connected(true, alice, true);
        websocket(bob, "phone").connect().sent(c, "hello");
        socket.write(publish(true, "conversations/" + c, 1, message("l1", "mine")));
        assertThat(socket.read().type()).isEqualTo(MqttSocket.PUBACK);
        socket.write(PINGREQ);
        assertThat(socket.read().type()).isEqualTo(MqttSocket.PINGRESP);

        socket.write(MqttSocket.subscribe(true, 2, "inbox", 2));

        Packet answer = socket.read();
        assertThat(answer.type()).isEqualTo(MqttSocket.SUBACK);
        assertThat(answer.body()).endsWith(1);
        Packet first = socket.read();
        assertThat(first.qos()).isZero();
        assertThat(text(Published.of(first, true)))
                .contains("device_connected", "\"sync\":\"snapshot\"");
        Packet page = socket.read();
        assertThat(page.qos()).isEqualTo(1);
        assertThat(Published.of(page, true).topic()).isEqualTo("inbox");
        assertThat(text(Published.of(page, true))).contains("hello", "mine");
    }

    @ParameterizedTest
    @CsvSource({
        "inbox, 0, 0x83",
        "inbox, 1, 0x01",
        "#, 1, 0xa2",
        "inbox/+, 1, 0xa2",
        "$share/g/inbox, 1, 0x9e",
        "$SYS/broker, 1, 0x87",
        "conversations/c1, 1, 0x87",
        "INBOX, 1, 0x87"
    })
    void only_the_inbox_can_be_subscribed_to(String filter, int qos, String reason)
            throws IOException {
        conversation();
        for (boolean five : new boolean[] {true, false}) {
            MqttSocket socket = connected(five, alice, true);
            socket.write(MqttSocket.subscribe(five, 7, filter, qos));

            Packet answer = socket.read();

            assertThat(answer.type()).isEqualTo(MqttSocket.SUBACK);
            assertThat(answer.packetId()).isEqualTo(7);
            int expected = Integer.decode(reason);
            assertThat(answer.body()[answer.body().length - 1] & 0xff)
                    .isEqualTo(five || expected == 1 ? expected : 0x80);
        }
    }

    @Test
    void unsubscribed_device_is_sent_nothing_more() throws IOException {
        String c = conversation();
        TestDevice friend = websocket(bob, "phone").connect();
        MqttSocket socket = subscribed(true, alice);
        friend.sent(c, "one");
        next(socket, true, "one");
        socket.write(
                body().two(3)
                        .properties(body())
                        .text("inbox")
                        .text("outbox")
                        .packet(MqttSocket.UNSUBSCRIBE, 2));
        assertThat(socket.read(MqttSocket.UNSUBACK).body()).endsWith(0, 0x11);

        friend.sent(c, "two");

        socket.write(PINGREQ);
        // What was on its way may still come, MQTT 5, 3.10.4: where the page had the first message
        // already, that is the message itself.
        for (Packet packet = socket.read();
                packet.type() != MqttSocket.PINGRESP;
                packet = socket.read()) {
            assertThat(text(Published.of(packet, true))).doesNotContain("two");
        }
        socket.write(MqttSocket.subscribe(true, 4, "inbox", 1));
        next(socket, true, "two");
    }

    @Test
    void everything_may_be_said_at_once() throws IOException {
        String c = conversation();
        for (boolean five : new boolean[] {true, false}) {
            MqttSocket socket = socket();
            socket.write(
                    joined(
                            connect(five, alice, true),
                            MqttSocket.subscribe(five, 1, "inbox", 1),
                            publish(five, "conversations/" + c, 2, message("at once", "x")),
                            publish(five, "conversations/" + c, 3, message("once" + five, "x")),
                            PINGREQ));
            List<Integer> types = new ArrayList<>();
            while (types.size() < 5) {
                Packet packet = socket.read();
                if (packet.type() != MqttSocket.PUBLISH) {
                    types.add(packet.type());
                }
            }
            assertThat(types).startsWith(MqttSocket.CONNACK, MqttSocket.SUBACK);
            assertThat(types).filteredOn(type -> type == MqttSocket.PUBACK).hasSize(2);
        }
    }

    // ------------------------------------------------------------------------------------------------ acknowledgements

    @Test
    void only_what_is_acknowledged_without_a_gap_is_delivered() throws IOException {
        String c = conversation();
        TestDevice sender = websocket(alice, "phone").connect();
        MqttSocket socket = subscribed(true, bob);
        socket.write(MqttSocket.pubAck(next(socket, true, "sync_conversation").packetId()));
        int[] ids = new int[3];
        for (int i = 0; i < 3; i++) {
            sender.sent(c, "m" + i);
            ids[i] = next(socket, true, "m" + i).packetId();
        }
        assertThat(ids[1]).isEqualTo(ids[0] + 1);
        socket.write(joined(MqttSocket.pubAck(ids[2]), MqttSocket.pubAck(ids[1]), PINGREQ));
        socket.read(MqttSocket.PINGRESP);
        socket.close();

        MqttSocket again = connected(true, bob, false);
        String page = text(next(again, true, "m2"));
        assertThat(page).contains("m0", "m1", "m2", "sync_missed_messages");
        again.close();

        MqttSocket third = socket();
        third.write(connect(true, bob, false));
        assertThat(third.read().body()[0]).as("session present").isEqualTo((byte) 1);
        third.write(MqttSocket.pubAck(next(third, true, "m2").packetId()));
        sender.awaitTick(c, 3, bob, "delivered");
        third.close();
        assertThat(sender.view(c).messages()).hasSize(3);
    }

    @Test
    void acknowledging_twice_or_what_was_never_sent_is_an_error_and_no_more() throws IOException {
        String c = conversation();
        MqttSocket socket = subscribed(true, alice);
        int page = next(socket, true, "sync_conversation").packetId();
        socket.write(joined(MqttSocket.pubAck(page), MqttSocket.pubAck(page)));
        next(socket, true, "\"code\":4007");
        socket.write(MqttSocket.pubAck(page ^ 0x5555));
        next(socket, true, "\"code\":4007");

        websocket(bob, "phone").connect().sent(c, "still there");

        next(socket, true, "still there");
        for (int i = 0; i < 200; i++) {
            socket.write(MqttSocket.pubAck(page ^ 0x5555));
        }
        Packet last = socket.read(MqttSocket.DISCONNECT);
        assertThat(last.properties()).containsEntry("code", "4502");
    }

    @Test
    void client_that_takes_one_at_a_time_is_sent_one_at_a_time() throws IOException {
        String c = conversation();
        TestDevice sender = websocket(alice, "phone").connect();
        MqttSocket socket = socket();
        socket.write(connect(body().one(0x21).two(1), bob, true, 60));
        socket.write(MqttSocket.subscribe(true, 1, "inbox", 1));
        Published last = next(socket, true, "sync_conversation");
        for (int i = 0; i < 3; i++) {
            sender.sent(c, "m" + i);
        }
        while (!text(last).contains("\"m2\"")) {
            socket.write(PINGREQ);
            assertThat(socket.read().type()).isEqualTo(MqttSocket.PINGRESP);
            socket.write(MqttSocket.pubAck(last.packetId()));
            last = next(socket, true, "\"m");
        }
    }

    // ---------------------------------------------------------------------------------------------------- publishing

    @Test
    void confirmations_come_in_the_order_of_what_they_confirm() throws IOException {
        String c = conversation();
        MqttSocket socket = subscribed(true, alice);
        List<byte[]> packets = new ArrayList<>();
        for (int i = 1; i <= 30; i++) {
            packets.add(
                    i % 3 == 0
                            ? publish(true, "elsewhere", i, "{}")
                            : publish(true, "conversations/" + c, i, message("l" + i, "x")));
        }
        socket.write(joined(packets.toArray(byte[][]::new)));
        for (int i = 1; i <= 30; i++) {
            assertThat(socket.read(MqttSocket.PUBACK).packetId()).isEqualTo(i);
        }
    }

    @Test
    void answers_carry_the_correlation_data_of_what_they_answer() throws IOException {
        String c = conversation();
        MqttSocket socket = subscribed(true, alice);
        Body asked = body().one(0x09).text("l-7").one(0x08).text("inbox");
        byte[] payload = unnamed("x").getBytes(StandardCharsets.UTF_8);
        socket.write(MqttSocket.publish(asked, "conversations/" + c, 1, false, payload));

        Published answer = next(socket, true, "message_received");

        assertThat(answer.properties()).containsEntry("09", "l-7");
        assertThat(text(answer)).contains("\"localId\":\"l-7\"", "\"seq\":1", "serverId");
        byte[] other = unnamed("other").getBytes(StandardCharsets.UTF_8);
        socket.write(MqttSocket.publish(asked, "conversations/" + c, 2, false, other));
        assertThat(next(socket, true, "\"code\":4006").properties()).containsEntry("09", "l-7");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void retransmitted_message_without_a_local_id_is_the_same_message(boolean five)
            throws IOException {
        String c = conversation();
        TestDevice receiver = websocket(bob, "phone").connect();
        String topic = "conversations/" + c;
        byte[] payload = unnamed("ok").getBytes(StandardCharsets.UTF_8);
        Body none = five ? body() : null;
        MqttSocket socket = subscribed(five, alice);
        socket.write(MqttSocket.pubAck(next(socket, five, "sync_conversation").packetId()));
        socket.write(MqttSocket.publish(none, topic, 5, false, payload));
        socket.read(MqttSocket.PUBACK);
        socket.write(PINGREQ);
        socket.read(MqttSocket.PINGRESP);
        socket.close();
        receiver.awaitTexts(c, "ok");

        MqttSocket again = connected(five, alice, false);
        again.write(MqttSocket.publish(none, topic, 5, true, payload));
        again.read(MqttSocket.PUBACK);
        again.write(MqttSocket.publish(none, topic, 6, false, payload));
        again.read(MqttSocket.PUBACK);
        receiver.awaitTexts(c, "ok", "ok");
        again.write(MqttSocket.publish(none, topic, 5, false, payload));
        again.read(MqttSocket.PUBACK);
        receiver.awaitTexts(c, "ok", "ok", "ok");
        again.close();

        MqttSocket anew = connected(five, alice, true);
        anew.write(MqttSocket.publish(none, topic, 5, true, payload));
        anew.read(MqttSocket.PUBACK);
        receiver.awaitTexts(c, "ok", "ok", "ok", "ok");
    }

    @Test
    void what_is_too_fast_is_to_be_published_again_later() throws IOException {
        TestServer small =
                kept(small(Map.of("LIMITS_FRAMES_PER_SECOND", "1", "LIMITS_FRAME_BURST", "3")));
        String c = conversation(small);
        for (boolean five : new boolean[] {true, false}) {
            MqttSocket socket = kept(new MqttSocket(small.mqttPort()));
            socket.write(
                    MqttSocket.connect(
                            five ? body() : null, "d" + five, "x", small.token(alice), true, 60));
            socket.read();
            for (int i = 1; i <= 8; i++) {
                socket.write(publish(five, "conversations/" + c, i, message("l" + five + i, "x")));
            }
            if (five) {
                Packet answer = socket.read(MqttSocket.PUBACK);
                while (answer.reason() == 0) {
                    answer = socket.read(MqttSocket.PUBACK);
                }
                assertThat(answer.reason()).isEqualTo(0x97);
                assertThat(answer.properties())
                        .containsEntry("code", "4301")
                        .containsKey("retryAfterMs");
            } else {
                assertThat(socket.isEnded()).isTrue();
            }
        }
    }
}
