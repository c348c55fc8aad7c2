package dev.bocau.gateway.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bocau.gateway.mqtt.RealClient.Library;
import dev.bocau.testing.TestDevice;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The MQTT libraries that apps use, unchanged: HiveMQ's and Eclipse Paho's.
class MqttClientsTest extends MqttFixture {

    private RealClient client(Library library, String id) throws Exception {
        return kept(library.client(server.mqttPort(), id));
    }

    /// The next publication that contains something.
    private static String next(RealClient client, String part) throws InterruptedException {
        while (true) {
            String next = client.inbox.poll(10, TimeUnit.SECONDS);
            assertThat(next).as("a publication with " + part).isNotNull();
            if (next.contains(part)) {
                return next;
            }
        }
    }

    private static String message(String localId, String content) {
        return "{\"localId\":\"%s\",\"kind\":\"text\",\"content\":\"%s\"}"
                .formatted(localId, content);
    }

    @ParameterizedTest
    @EnumSource(Library.class)
    void sends_receives_acknowledges_and_finds_its_session_again(Library library) throws Exception {
        String c = conversation();
        TestDevice friend = websocket(bob, "phone").connect();
        RealClient client = client(library, "real");
        assertThat(client.connect(server.token(alice), true)).isFalse();
        assertThat(client.subscribe("inbox", 1)).isEqualTo(1);
        assertThat(next(client, "device_connected")).contains("\"deviceId\":\"real\"");
        next(client, "sync_conversation_states");

        friend.sent(c, "hello");
        next(client, "hello");
        friend.awaitTick(c, 1, alice, "delivered");

        assertThat(client.publish("conversations/" + c, "l1", message("l1", "Xin chào"))).isZero();
        assertThat(next(client, "message_received")).contains("\"localId\":\"l1\"", "\"seq\":2");
        friend.awaitTexts(c, "hello", "Xin chào");
        String read = "{\"type\":\"mark_read\",\"conversationId\":\"%s\",\"seq\":2}".formatted(c);
        assertThat(client.publish("frames", "l2", read)).isZero();
        friend.awaitTick(c, 1, alice, "read");
        client.disconnect();

        friend.sent(c, "while you were away");
        RealClient started = client(library, "real");
        assertThat(started.connect(server.token(alice), false)).isTrue();
        assertThat(next(started, "while you were away")).contains("sync_missed_messages");
        friend.awaitTick(c, 3, alice, "delivered");
        assertThat(started.publish("conversations/" + c, "l1", message("l1", "Xin chào"))).isZero();
        assertThat(next(started, "message_received")).contains("\"seq\":2");
    }

    @ParameterizedTest
    @EnumSource(Library.class)
    void is_told_what_was_refused(Library library) throws Exception {
        conversation();
        server.direct("of-others", "x", "y");
        RealClient client = client(library, "real");
        assertThatThrownBy(() -> client.connect("nonsense", true)).isNotNull();
        client.connect(server.token(alice), true);
        assertThat(client.subscribe("inbox", 0)).isGreaterThanOrEqualTo(0x80);
        assertThat(client.subscribe("elsewhere", 1)).isGreaterThanOrEqualTo(0x80);
        assertThat(client.subscribe("inbox", 1)).isEqualTo(1);

        int reason = client.publish("conversations/of-others", "l1", message("l1", "x"));

        assertThat(reason).isEqualTo(client.five() ? 0x87 : 0);
        assertThat(next(client, "4030")).contains("\"localId\":\"l1\"");
    }

    @ParameterizedTest
    @EnumSource(Library.class)
    void many_messages_arrive_in_order(Library library) throws Exception {
        String c = conversation();
        TestDevice friend = websocket(bob, "phone").connect();
        RealClient client = client(library, "real");
        client.connect(server.token(alice), true);
        client.subscribe("inbox", 1);
        String[] all = new String[100];
        for (int i = 0; i < all.length; i++) {
            all[i] = "m%03d".formatted(i);
            friend.send(c, all[i]);
        }
        friend.await("✓ of all", () -> friend.waiting() == 0);
        int at = 0;
        while (at < all.length) {
            String next = next(client, "m%03d".formatted(at));
            while (at < all.length && next.contains(all[at])) {
                at++;
            }
        }
        friend.awaitTick(c, all.length, alice, "delivered");
    }
}
