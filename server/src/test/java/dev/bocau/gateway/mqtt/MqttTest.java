package dev.bocau.gateway.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.frame.TestFrames;
import dev.bocau.frame.WireFormat;
import dev.bocau.model.Code;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.DeviceState;
import dev.bocau.protocol.MessageKind;
import dev.bocau.protocol.MessageReceived;
import dev.bocau.protocol.SendMessage;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.protocol.ServerFrame.BodyCase;
import dev.bocau.protocol.Token;
import dev.bocau.testing.MqttLink;
import dev.bocau.testing.MqttLink.Dialect;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Conversations in every dialect of MQTT, with devices on WebSocket among them.
class MqttTest extends MqttFixture {
    /// Connecting, subscribing, sending and receiving, each with its answer, take fewer.
    private static final int EXCHANGE_PACKETS = 14;

    private static final int ATTEMPTS = 10;

    @ParameterizedTest
    @MethodSource("dialects")
    void message_travels_to_every_device_and_its_ticks_come_back(Dialect dialect) {
        String c = conversation();
        TestDevice iphone = mqtt(dialect, alice, "iphone").connect();
        TestDevice ipad = websocket(alice, "ipad").connect();
        TestDevice android = mqtt(dialect, bob, "android").connect();
        TestDevice pc = websocket(bob, "pc").connect();

        MessageReceived received = iphone.sent(c, "Xin chào 🕊️");

        assertThat(received.getSeq()).isEqualTo(1);
        for (TestDevice each : List.of(ipad, android, pc)) {
            each.awaitTexts(c, "Xin chào 🕊️");
        }
        iphone.awaitTick(c, 1, bob, "delivered");
        ipad.awaitTick(c, 1, bob, "delivered");

        android.read(c, 1);

        ServerFrame sync = pc.await(BodyCase.MESSAGES_READ_SYNC);
        assertThat(sync.getMessagesReadSync().getSyncedFrom().getDeviceId()).isEqualTo("android");
        iphone.awaitTick(c, 1, bob, "read");
        ipad.awaitTick(c, 1, bob, "read");

        android.disconnect();
        iphone.edit(c, received.getServerId(), "Xin chào!");
        pc.sent(c, "second");
        android.connect();
        for (TestDevice each : List.of(iphone, ipad, android, pc)) {
            each.awaitTexts(c, "Xin chào!", "second");
        }
        TestDevice added = mqtt(dialect, bob, "added").connect();
        added.awaitTexts(c, "Xin chào!", "second");
        android.await("what a fresh device knows", () -> android.differenceFrom(added).isEmpty());
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void cut_at_any_packet_of_an_exchange_leaves_no_trace(Dialect dialect) {
        String c = conversation();
        String token = server.token(alice);
        AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
        TestDevice cut =
                kept(
                        new TestDevice(
                                MqttLink.to(server.mqttPort(), dialect, left),
                                alice,
                                "cut",
                                () -> token));
        TestDevice friend = websocket(bob, "phone").connect();
        List<String> said = new ArrayList<>();
        for (int packets = 0; packets < EXCHANGE_PACKETS; packets++) {
            left.set(packets);
            exchange(c, said, cut, friend);
            left.set(Integer.MAX_VALUE);
        }
        String[] all = said.toArray(String[]::new);
        friend.awaitTexts(c, all);
        cut.disconnect();
        reach(cut);
        cut.awaitTexts(c, all);
        TestDevice fresh = mqtt(dialect, alice, "fresh").connect();
        fresh.awaitTexts(c, all);
    }

    /// Reconnects, sends, and gets an answer.
    private static void exchange(String c, List<String> said, TestDevice cut, TestDevice friend) {
        cut.disconnect();
        reach(cut);
        said.add("hello " + said.size());
        cut.send(c, said.getLast());
        persist(cut, "✓", () -> cut.waiting() == 0);
        friend.awaitTexts(c, said.toArray(String[]::new));
        said.add("answer " + said.size());
        friend.sent(c, said.getLast());
        String[] all = said.toArray(String[]::new);
        persist(cut, "the answer", () -> cut.texts(c).equals(List.of(all)));
    }

    private static void persist(TestDevice device, String what, Supplier<Boolean> done) {
        for (int attempt = 0; attempt < ATTEMPTS && !done.get(); attempt++) {
            device.await(what, () -> done.get() || device.ended());
            if (!done.get()) {
                reach(device);
            }
        }
        assertThat(done.get()).as(what).isTrue();
    }

    private static void reach(TestDevice device) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            device.begin(device.position());
            device.await("an answer", () -> device.connected() || device.ended());
            if (device.connected()) {
                return;
            }
        }
        throw new AssertionError("never let in");
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void message_sent_again_is_the_same_message(Dialect dialect) {
        String c = conversation();
        TestDevice sender = mqtt(dialect, alice, "phone").connect();
        TestDevice receiver = websocket(bob, "phone").connect();
        SendMessage message =
                SendMessage.newBuilder()
                        .setLocalId("l1")
                        .setConversationId(c)
                        .setKind(MessageKind.MESSAGE_KIND_TEXT)
                        .setContent("once")
                        .build();
        for (int i = 0; i < 5; i++) {
            sender.say(ClientFrame.newBuilder().setSendMessage(message));
        }
        sender.await("five answers", () -> sender.frames(BodyCase.MESSAGE_RECEIVED).size() == 5);
        sender.disconnect().connect();
        sender.say(ClientFrame.newBuilder().setSendMessage(message));
        sender.await("the sixth", () -> sender.frames(BodyCase.MESSAGE_RECEIVED).size() == 6);
        assertThat(sender.frames(BodyCase.MESSAGE_RECEIVED))
                .extracting(frame -> frame.getMessageReceived().getSeq())
                .containsOnly(1L);

        sender.say(
                ClientFrame.newBuilder()
                        .setSendMessage(message.toBuilder().setContent("something else")));

        assertThat(sender.awaitError(4006).getError().getLocalId()).isEqualTo("l1");
        sender.sent(c, "twice");
        receiver.awaitTexts(c, "once", "twice");
    }

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
        return kept(new TestDevice(MqttLink.to(server.mqttPort(), JSON_5), alice, id, () -> token));
    }

    @Test
    void device_in_the_background_gets_messages_but_no_receipts_until_it_is_active_again() {
        String c = conversation();
        TestDevice phone = mqtt(JSON_5, alice, "phone").connect();
        TestDevice laptop = websocket(alice, "laptop").connect();
        TestDevice friend = websocket(bob, "phone").connect();
        laptop.sent(c, "hello");
        phone.awaitTexts(c, "hello");
        phone.awaitTick(c, 1, bob, "delivered");
        phone.say(active(false));
        phone.say(TestFrames.clientFrame("{\"type\":\"ping\",\"timestamp\":1}").toBuilder());
        phone.await(BodyCase.PONG);

        friend.read(c, 1);
        laptop.awaitTick(c, 1, bob, "read");
        assertThat(phone.frames(BodyCase.READ_RECEIPTS)).isEmpty();

        phone.say(active(true));

        phone.awaitTick(c, 1, bob, "read");
    }

    private static ClientFrame.Builder active(boolean on) {
        return ClientFrame.newBuilder().setDeviceState(DeviceState.newBuilder().setActive(on));
    }
}
