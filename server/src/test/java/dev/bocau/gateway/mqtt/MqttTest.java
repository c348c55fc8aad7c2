package dev.bocau.gateway.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.frame.WireFormat;
import dev.bocau.model.Code;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.protocol.ServerFrame.BodyCase;
import dev.bocau.protocol.Token;
import dev.bocau.testing.MqttLink;
import dev.bocau.testing.MqttLink.Dialect;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestServer;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What ends a session, and what holds it back, in every dialect of MQTT.
class MqttTest extends MqttFixture {
    @Test
    void slow_reader_is_sent_no_more_than_it_takes_and_gets_all_in_the_end() {
        String c = conversation();
        TestDevice sender = websocket(alice, "phone").connect();
        TestDevice slow = mqtt(new Dialect(true, WireFormat.JSON, 1), bob, "slow").connect();
        slow.await("its snapshot", () -> slow.position().isPresent());
        slow.acknowledging(false);
        String[] all = new String[40];
        for (int i = 0; i < all.length; i++) {
            all[i] = "m" + i;
            sender.sent(c, all[i]);
        }
        slow.await("the first", () -> !slow.texts(c).isEmpty());
        assertThat(slow.frames()).filteredOn(ServerFrame::hasPosition).hasSize(2);

        slow.acknowledging(true);
        slow.acknowledge(slow.position().orElseThrow());

        slow.awaitTexts(c, all);
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void newer_session_of_a_device_replaces_the_older(Dialect dialect) {
        conversation();
        TestDevice older = mqtt(dialect, alice, "phone").connect();
        TestDevice newer = websocket(alice, "phone").connect();

        assertThat(older.awaitClosed()).isEqualTo(Code.REPLACED.number());
        assertThat(newer.connected()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void signed_out_device_is_told_and_not_let_in_again(Dialect dialect) {
        conversation();
        String token = server.token(alice);
        TestDevice device =
                kept(
                        new TestDevice(
                                MqttLink.to(server.mqttPort(), dialect),
                                alice,
                                "stolen",
                                () -> token));
        device.connect();

        server.ask("DELETE", "/v1/users/%s/devices/stolen".formatted(alice), token, "");

        assertThat(device.awaitClosed()).isEqualTo(Code.SIGNED_OUT.number());
        device.begin(Optional.empty());
        assertThat(device.awaitClosed()).isEqualTo(dialect.five() ? Code.SIGNED_OUT.number() : 5);
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void clients_are_told_when_the_server_goes_down(Dialect dialect) throws IOException {
        TestServer small = small(Map.of());
        conversation(small);
        TestDevice device = mqtt(small, dialect, alice, "phone").connect();

        small.close();

        assertThat(device.awaitError(4400).getError().getRetryAfterMs()).isPositive();
        assertThat(device.awaitClosed()).isEqualTo(Code.SHUTTING_DOWN.number());
    }

    @Test
    void expiring_token_is_asked_for_anew_and_renewed() {
        conversation();
        String shortLived = server.token(alice, "{\"validForSeconds\":2}");
        TestDevice renewing = device("renewing", shortLived);
        TestDevice careless = device("careless", shortLived);
        renewing.connect();
        careless.connect();

        renewing.awaitError(4101);
        renewing.say(
                ClientFrame.newBuilder()
                        .setToken(Token.newBuilder().setToken(server.token(alice))));

        renewing.await(BodyCase.TOKEN_ACCEPTED);
        assertThat(careless.awaitClosed()).isEqualTo(Code.TOKEN_EXPIRED.number());
        assertThat(renewing.connected()).isTrue();
    }

    private TestDevice device(String id, String token) {
        return kept(
                new TestDevice(
                        MqttLink.to(server.mqttPort(), MqttLink.JSON_5), alice, id, () -> token));
    }
}
