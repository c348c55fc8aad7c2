package dev.bocau.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.frame.TestFrames;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.DeviceConnected;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.protocol.ServerFrame.BodyCase;
import dev.bocau.protocol.Sync;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is promised over every transport that carries frames as they are: devices that keep their
/// own position, and what becomes of frames that are not as they should be.
public abstract class TransportFramesContract extends TransportFixture {
    protected TransportFramesContract(Transport transport) {
        super(transport);
    }

    // ------------------------------------------------------------------------------------------------------ positions

    @Test
    void device_that_was_away_gets_what_it_missed_once_and_in_order() {
        String c = conversation();
        TestDevice sender = device(alice, "phone").connect();
        TestDevice away = device(bob, "phone").connect();
        // A message that comes while a snapshot is made may be told twice.
        away.await(BodyCase.SYNC_CONVERSATION_STATES);
        sender.sent(c, "before");
        away.awaitTexts(c, "before");
        away.disconnect();
        List<String> expected = new ArrayList<>(List.of("before"));
        for (int i = 0; i < 30; i++) {
            sender.sent(c, "m" + i);
            expected.add("m" + i);
        }
        int before = away.frames().size();

        away.connect();

        away.awaitTexts(c, expected.toArray(String[]::new));
        List<ServerFrame> since = away.frames().subList(before, away.frames().size());
        assertThat(since.getFirst().getDeviceConnected().getSync()).isEqualTo(Sync.SYNC_RESUME);
        int told =
                since.stream()
                        .mapToInt(frame -> frame.getSyncMissedMessages().getMessagesCount())
                        .sum();
        assertThat(told).isEqualTo(30);
    }

    @Test
    void resume_takes_one_frame_and_nothing_is_waited_for() {
        String c = conversation();
        TestDevice sender = device(alice, "phone").connect();
        AtomicInteger said = new AtomicInteger();
        TestDevice away = device(bob, "phone", counting(said)).connect();
        sender.sent(c, "one");
        away.awaitTexts(c, "one");
        away.disconnect();
        sender.sent(c, "two");
        away.acknowledging(false);
        said.set(0);

        away.connect();

        away.awaitTexts(c, "one", "two");
        assertThat(said).as("frames said until the page was there").hasValue(1);
    }

    @Test
    void stored_cursor_resumes_a_client_that_keeps_none() {
        String c = conversation();
        TestDevice sender = device(alice, "phone").connect();
        TestDevice keeper = device(bob, "phone").connect();
        sender.sent(c, "one");
        keeper.awaitTexts(c, "one");
        sender.awaitTick(c, 1, bob, "delivered");
        keeper.disconnect();
        sender.sent(c, "two");

        keeper.open();
        keeper.say(
                ClientFrame.newBuilder()
                        .setDeviceConnect(keeper.deviceConnect().setStoredCursor(true)));

        keeper.awaitTexts(c, "one", "two");
    }

    // ------------------------------------------------------------------------------------------------------- refusals

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0000',
            textBlock =
                    """
                    4002 | {"type":"device_connect","token":"x","device":{"id":"again","type":"web","platform":"web"}}
                    4003 | {"type":"send_message","localId":"","conversationId":"c1","kind":"text","content":"x"}
                    4003 | {"type":"send_message","localId":"a b","conversationId":"c1","kind":"text","content":"x"}
                    4003 | {"type":"send_message","localId":"1","conversationId":"c/1","kind":"text","content":"x"}
                    4003 | {"type":"send_message","localId":"1","conversationId":"c1","kind":"text","content":""}
                    4030 | {"type":"send_message","localId":"1","conversationId":"elsewhere","kind":"text","content":"x"}
                    4003 | {"type":"mark_read","conversationId":"c1"}
                    4041 | {"type":"mark_read","conversationId":"c1","messageIds":["01997c2a-5c00-7abc-8def-0123456789ab"]}
                    4007 | {"type":"mark_read","conversationId":"c1","seq":1000000}
                    4030 | {"type":"mark_delivered","conversationId":"elsewhere","seq":1}
                    4003 | {"type":"ack","position":""}
                    4007 | {"type":"ack","position":"AXdAIiOky-wkBwIAAA"}
                    4041 | {"type":"edit_message","localId":"1","conversationId":"c1","messageId":"01997c2a-5c00-7abc-8def-0123456789ab","content":"y"}
                    4030 | {"type":"recall_message","localId":"1","conversationId":"elsewhere","messageId":"01997c2a-5c00-7abc-8def-0123456789ab"}
                    4100 | {"type":"token","token":"nonsense"}
                    """)
    void bad_frame_gets_a_coded_error_and_the_connection_lives(int code, String json) {
        String c = conversation();
        TestDevice device = device(alice, "bad-input").connect();

        device.say(
                TestFrames.clientFrame(json.strip().replace("\"c1\"", '"' + c + '"')).toBuilder());

        ServerFrame error = device.awaitError(code);
        assertThat(json).contains(error.getError().getFrame());
        device.sent(c, "still here");
    }

    @Test
    void content_that_is_too_large_is_refused_and_the_connection_lives() {
        String c = conversation();
        TestDevice device = device(alice, "large").connect();

        String over = device.send(c, "é".repeat(4_097));
        assertThat(device.awaitError(4005).getError().getLocalId()).isEqualTo(over);

        device.sent(c, "é".repeat(4_096));
    }

    @Test
    void nothing_but_device_connect_is_heard_before_it() {
        TestDevice device = device(alice, "patient").open();
        device.say(TestFrames.clientFrame("{\"type\":\"ping\",\"timestamp\":1}").toBuilder());
        assertThat(device.awaitError(4002).getError().getFrame()).isEqualTo("ping");

        device.say(
                ClientFrame.newBuilder()
                        .setDeviceConnect(
                                device.deviceConnect()
                                        .setDevice(
                                                device.deviceConnect().getDevice().toBuilder()
                                                        .setId("a/b"))));
        device.awaitError(4003);
        device.say(ClientFrame.newBuilder().setDeviceConnect(device.deviceConnect()));
        device.await(BodyCase.DEVICE_CONNECTED);
    }

    @Test
    void heartbeat_that_a_client_proposes_is_held_within_bounds() {
        for (int[] proposed :
                new int[][] {{1, 5_000}, {60_000, 60_000}, {Integer.MAX_VALUE, 1_200_000}}) {
            TestDevice device = device(alice, "sleepy").open();
            device.say(
                    ClientFrame.newBuilder()
                            .setDeviceConnect(device.deviceConnect().setHeartbeatMs(proposed[0])));
            DeviceConnected terms = device.await(BodyCase.DEVICE_CONNECTED).getDeviceConnected();
            assertThat(terms.getHeartbeatMs()).isEqualTo(proposed[1]);
            device.disconnect();
        }
    }

    @Test
    void snapshot_is_asked_for_by_naming_no_cursor() {
        String c = conversation();
        TestDevice sender = device(alice, "phone").connect();
        sender.sent(c, "one");

        TestDevice fresh = device(bob, "fresh").connect(Optional.empty());

        assertThat(fresh.await(BodyCase.DEVICE_CONNECTED).getDeviceConnected().getSync())
                .isEqualTo(Sync.SYNC_SNAPSHOT);
        fresh.awaitTexts(c, "one");
    }
}
