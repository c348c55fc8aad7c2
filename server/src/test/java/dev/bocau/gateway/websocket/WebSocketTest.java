package dev.bocau.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.frame.TestFrames;
import dev.bocau.frame.WireFormat;
import dev.bocau.model.Code;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.MessageReceived;
import dev.bocau.protocol.Ping;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.protocol.ServerFrame.BodyCase;
import dev.bocau.protocol.Token;
import dev.bocau.testing.RawSocket;
import dev.bocau.testing.SocketLink;
import dev.bocau.testing.TestDevice;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Conversations in both encodings, getting in, and what time brings.
class WebSocketTest extends SocketFixture {

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void message_travels_to_every_device_and_its_ticks_come_back(WireFormat format) {
        String c = "story-" + format;
        server.direct(c, "ann-" + format, "ben-" + format);
        TestDevice iphone = device(format, "ann-" + format, "iphone").connect();
        TestDevice ipad = device(WireFormat.JSON, "ann-" + format, "ipad").connect();
        TestDevice android = device(format, "ben-" + format, "android").connect();
        TestDevice pc = device(WireFormat.PROTO, "ben-" + format, "pc").connect();

        MessageReceived received = iphone.sent(c, "Xin chào 🕊️");

        assertThat(received.getSeq()).isEqualTo(1);
        for (TestDevice each : List.of(ipad, android, pc)) {
            each.awaitTexts(c, "Xin chào 🕊️");
        }
        iphone.awaitTick(c, 1, "ben-" + format, "delivered");
        ipad.awaitTick(c, 1, "ben-" + format, "delivered");

        android.read(c, 1);

        ServerFrame sync = pc.await(BodyCase.MESSAGES_READ_SYNC);
        assertThat(sync.getMessagesReadSync().getSyncedFrom().getDeviceId()).isEqualTo("android");
        iphone.awaitTick(c, 1, "ben-" + format, "read");
        ipad.awaitTick(c, 1, "ben-" + format, "read");

        pc.disconnect();
        iphone.edit(c, received.getServerId(), "Xin chào!");
        iphone.sent(c, "second");
        pc.connect();
        pc.awaitTexts(c, "Xin chào!", "second");
        TestDevice added = device(format, "ben-" + format, "added").connect();
        added.awaitTexts(c, "Xin chào!", "second");
    }

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void cut_between_sending_and_the_tick_leaves_one_message(WireFormat format) {
        String c = "cut-" + format;
        server.direct(c, "cut-a-" + format, "cut-b-" + format);
        TestDevice sender = device(format, "cut-a-" + format, "phone").connect();
        TestDevice receiver = device(format, "cut-b-" + format, "phone").connect();
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            sent.add("m" + i);
            sender.send(c, "m" + i);
            sender.disconnect();
            sender.connect();
            sender.await("✓", () -> sender.waiting() == 0);
        }

        receiver.awaitTexts(c, sent.toArray(String[]::new));
        sender.awaitTexts(c, sent.toArray(String[]::new));
    }

    @Test
    void without_a_good_token_nobody_gets_in() throws Exception {
        for (String token : List.of("", "nonsense", "a.b.c", foreign(), unsigned())) {
            Ear ear = new Ear();
            SocketLink link = open(WireFormat.JSON, ear);
            link.send(withToken(token));
            assertThat(ear.next(BodyCase.ERROR).getError().getCode()).isEqualTo(4100);
            ear.expectClose(Code.TOKEN_INVALID);
        }
    }

    private static ClientFrame withToken(String token) {
        ClientFrame.Builder frame = connect("alice", "phone").toBuilder();
        frame.getDeviceConnectBuilder().setToken(token);
        return frame.build();
    }

    private static String foreign() {
        String good = server.token("alice");
        String signature = good.substring(good.lastIndexOf('.') + 1);
        return good.substring(0, good.lastIndexOf('.') + 1)
                + new StringBuilder(signature).reverse();
    }

    private static String unsigned() {
        String claims = server.token("alice").replaceAll("^[^.]*\\.|\\.[^.]*$", "");
        return "eyJhbGciOiJub25lIn0." + claims + ".";
    }

    @Test
    void expired_token_does_not_let_in_and_expiring_one_is_asked_for_anew() throws Exception {
        String shortLived = server.token("alice", "{\"validForSeconds\":2}");
        Ear ear = new Ear();
        SocketLink link = open(WireFormat.JSON, ear);
        link.send(withToken(shortLived));
        ear.next(BodyCase.DEVICE_CONNECTED);

        assertThat(ear.next(BodyCase.ERROR).getError().getCode()).isEqualTo(4101);
        link.send(
                ClientFrame.newBuilder()
                        .setToken(Token.newBuilder().setToken(server.token("bob")))
                        .build());
        assertThat(ear.next(BodyCase.ERROR).getError().getCode()).isEqualTo(4031);
        link.send(
                ClientFrame.newBuilder()
                        .setToken(Token.newBuilder().setToken(server.token("alice")))
                        .build());
        ear.next(BodyCase.TOKEN_ACCEPTED);
        assertThat(ear.closed).isEmpty();

        Ear late = new Ear();
        open(WireFormat.JSON, late).send(withToken(shortLived));
        assertThat(late.next(BodyCase.ERROR).getError().getCode()).isEqualTo(4101);
        late.expectClose(Code.TOKEN_EXPIRED);
        link.close();
    }

    @Test
    void token_that_is_not_renewed_ends_the_session_after_the_grace() throws Exception {
        String shortLived = server.token("alice", "{\"validForSeconds\":2}");
        Ear ear = new Ear();
        SocketLink link = open(WireFormat.JSON, ear);
        link.send(withToken(shortLived));
        ear.next(BodyCase.DEVICE_CONNECTED);

        ear.expectClose(Code.TOKEN_EXPIRED);
        link.close();
    }

    @Test
    void token_of_one_device_is_not_good_for_another() throws Exception {
        String token = server.token("alice", "{\"device\":\"mine\"}");
        Ear ear = new Ear();
        open(WireFormat.JSON, ear).send(withToken(token));

        assertThat(ear.next(BodyCase.ERROR).getError().getCode()).isEqualTo(4031);
    }

    @Test
    void signed_out_device_is_closed_and_its_token_refused() throws Exception {
        String token = server.token("alice");
        Ear ear = new Ear();
        SocketLink link = open(WireFormat.JSON, ear);
        ClientFrame.Builder frame = withToken(token).toBuilder();
        frame.getDeviceConnectBuilder().getDeviceBuilder().setId("stolen");
        link.send(frame.build());
        ear.next(BodyCase.DEVICE_CONNECTED);

        assertThat(server.ask("DELETE", "/v1/users/alice/devices/stolen", token, "").status())
                .isEqualTo(204);

        ear.expectClose(Code.SIGNED_OUT);
        Ear again = new Ear();
        open(WireFormat.JSON, again).send(frame.build());
        assertThat(again.next(BodyCase.ERROR).getError().getCode()).isEqualTo(4102);
        again.expectClose(Code.SIGNED_OUT);
    }

    @Test
    void nothing_but_device_connect_is_heard_before_it() throws Exception {
        Ear ear = new Ear();
        SocketLink link = open(WireFormat.JSON, ear);
        link.send(ClientFrame.newBuilder().setPing(Ping.newBuilder().setTimestamp(1)).build());
        assertThat(ear.next(BodyCase.ERROR).getError().getCode()).isEqualTo(4002);

        link.sendText(
                "{\"type\":\"device_connect\",\"token\":\"%s\",\"device\":{\"id\":\"a/b\",\"type\":\"web\",\"platform\":\"web\"}}"
                        .formatted(server.token("alice")));
        assertThat(ear.next(BodyCase.ERROR).getError().getCode()).isEqualTo(4003);
        link.send(connect("alice", "patient"));
        ear.next(BodyCase.DEVICE_CONNECTED);
        link.close();
    }

    @Test
    void connection_on_which_nothing_is_said_is_closed() throws Exception {
        Ear silent = new Ear();
        open(WireFormat.JSON, silent);
        silent.expectClose(Code.CONNECT_TIMEOUT);

        try (RawSocket neverAsked = new RawSocket(server.realtimePort())) {
            assertThat(neverAsked.isEnded()).isTrue();
        }
    }

    @Test
    void idle_connection_lives_by_its_pongs_and_a_half_open_one_dies() throws Exception {
        TestDevice idle = device(WireFormat.JSON, "alice", "idle").connect();
        try (RawSocket halfOpen = new RawSocket(server.realtimePort())) {
            halfOpen.handshake("bocau.v1.json");
            halfOpen.sendText(TestFrames.json(connect("bob", "half-open")));

            assertThat(halfOpen.readClose()).isEqualTo(4401);
        }
        assertThat(idle.connected()).isTrue();
    }
}
