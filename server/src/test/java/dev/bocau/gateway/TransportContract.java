package dev.bocau.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.frame.TestFrames;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.DeviceConnected;
import dev.bocau.protocol.DeviceState;
import dev.bocau.protocol.MessageReceived;
import dev.bocau.protocol.SendMessage;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.protocol.ServerFrame.BodyCase;
import dev.bocau.protocol.Sync;
import dev.bocau.testing.Cutter;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.Transport;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What is promised over every transport: conversations, told once, whatever carries them. A
/// transport's test extends it and its sibling {@link TransportBoundsContract}, and says which
/// transport it is.
public abstract class TransportContract extends TransportFixture {
    /// So many places of an exchange are cut, spread over all its bytes. More: `-Dbocau.cuts`.
    private static final int CUTS = Integer.getInteger("bocau.cuts", 60);

    private static final int ATTEMPTS = 10;

    protected TransportContract(Transport transport) {
        super(transport);
    }

    // ---------------------------------------------------------------------------------------------
    // the common course

    @Test
    void message_travels_to_every_device_and_its_ticks_come_back() {
        String c = conversation();
        TestDevice iphone = device(alice, "iphone").connect();
        TestDevice ipad = device(alice, "ipad").connect();
        TestDevice android = device(bob, "android").connect();
        TestDevice pc = device(bob, "pc").connect();

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
    }

    @Test
    void edit_and_recall_reach_every_device_also_those_that_were_away() {
        String c = conversation();
        TestDevice sender = device(alice, "phone").connect();
        TestDevice here = device(bob, "here").connect();
        TestDevice away = device(bob, "away").connect();
        MessageReceived first = sender.sent(c, "firts");
        MessageReceived second = sender.sent(c, "second");
        away.awaitTexts(c, "firts", "second");
        away.disconnect();

        sender.edit(c, first.getServerId(), "first");
        sender.recall(c, second.getServerId());

        for (TestDevice each : List.of(sender, here, away.connect())) {
            each.awaitTexts(c, "first", "");
        }
        assertThat(away.view(c).messages().get(2L))
                .matches(seen -> seen != null && seen.recalled());
    }

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

    @Test
    void device_in_the_background_gets_receipts_when_it_is_active_or_with_the_next_message() {
        String c = conversation();
        TestDevice phone = device(alice, "phone").connect();
        TestDevice laptop = device(alice, "laptop").connect();
        TestDevice friend = device(bob, "phone").connect();
        laptop.sent(c, "hello");
        phone.awaitTexts(c, "hello");
        phone.awaitTick(c, 1, bob, "delivered");
        phone.say(active(false));
        phone.say(TestFrames.clientFrame("{\"type\":\"ping\",\"timestamp\":1}").toBuilder());
        phone.await(BodyCase.PONG);

        friend.read(c, 1);
        laptop.awaitTick(c, 1, bob, "read");
        assertThat(phone.frames(BodyCase.READ_RECEIPTS)).isEmpty();

        friend.sent(c, "seen");
        phone.awaitTexts(c, "hello", "seen");
        phone.awaitTick(c, 1, bob, "read");
        int before = phone.frames(BodyCase.DELIVERY_UPDATES).size();

        laptop.sent(c, "good");
        phone.awaitTexts(c, "hello", "seen", "good");
        laptop.awaitTick(c, 3, bob, "delivered");
        phone.say(active(true));
        phone.awaitTick(c, 3, bob, "delivered");
        assertThat(phone.frames(BodyCase.DELIVERY_UPDATES)).hasSizeGreaterThan(before);
    }

    private static ClientFrame.Builder active(boolean on) {
        return ClientFrame.newBuilder().setDeviceState(DeviceState.newBuilder().setActive(on));
    }

    @Test
    void devices_of_one_user_on_different_transports_hold_the_same() {
        String c = conversation();
        List<TestDevice> devices = new ArrayList<>();
        for (Transport each : Transport.values()) {
            devices.add(device(alice, "a-" + each, each.to(server)).connect());
            devices.add(device(bob, "b-" + each, each.to(server)).connect());
        }
        TestDevice here = device(alice, "here").connect();
        devices.add(here);
        List<String> sent = new ArrayList<>();
        for (TestDevice each : devices) {
            sent.add("from " + each.id());
            each.sent(c, "from " + each.id());
        }
        MessageReceived last = here.sent(c, "last");
        here.edit(c, last.getServerId(), "the last one");
        sent.add("the last one");
        for (TestDevice each : devices) {
            each.awaitTexts(c, sent.toArray(String[]::new));
            each.read(c, sent.size());
        }
        for (TestDevice each : devices) {
            String other = each.user().equals(alice) ? bob : alice;
            each.await("all is read", () -> each.readSeq(c) == sent.size());
            each.await(
                    "blue ticks",
                    () ->
                            each.view(c).messages().values().stream()
                                    .filter(seen -> seen.sender().equals(each.user()))
                                    .allMatch(seen -> "read".equals(seen.ticks().get(other))));
        }
        for (TestDevice each : devices) {
            TestDevice fresh = device(each.user(), "fresh-" + each.id()).connect();
            fresh.awaitTexts(c, sent.toArray(String[]::new));
            assertThat(each.differenceFrom(fresh)).isEmpty();
            fresh.close();
        }
    }

    // ------------------------------------------------------------------------------------------------- once, in order

    @Test
    void message_sent_again_is_the_same_message() {
        String c = conversation();
        TestDevice sender = device(alice, "phone").connect();
        TestDevice receiver = device(bob, "phone").connect();
        SendMessage message =
                TestFrames.clientFrame(
                                "{\"type\":\"send_message\",\"localId\":\"l1\",\"conversationId\":\"%s\",\"kind\":\"text\",\"content\":\"once\"}"
                                        .formatted(c))
                        .getSendMessage();
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
    void many_sends_without_waiting_keep_their_order() {
        String c = conversation();
        TestDevice sender = device(alice, "phone").connect();
        TestDevice receiver = device(bob, "phone").connect();
        String[] all = IntStream.range(0, 60).mapToObj(i -> "m" + i).toArray(String[]::new);
        for (String each : all) {
            sender.send(c, each);
        }

        receiver.awaitTexts(c, all);
        sender.await("✓ of all", () -> sender.waiting() == 0);
    }

    /// An exchange, cut off after each of many numbers of bytes and gone on with: nothing is
    /// missing, nothing comes twice.
    @ParameterizedTest
    @EnumSource(Cutter.Way.class)
    void cut_anywhere_in_an_exchange_leaves_no_trace(Cutter.Way way) throws Exception {
        String c = conversation();
        String[] token = {server.token(alice)};
        try (Cutter network = new Cutter(transport.port(server))) {
            TestDevice cut = device(alice, "cut", transport.to(network.port()), () -> token[0]);
            TestDevice friend = device(bob, "phone").connect();
            List<String> said = new ArrayList<>();
            exchange(c, said, cut, friend);
            long before = network.passed(way);
            exchange(c, said, cut, friend);
            long bytes = network.passed(way) - before;
            long step = Math.max(1, bytes / CUTS);
            // From a place that moves, so that the steps do not always meet the same fields.
            for (long at = 0; at < bytes; at += step + at % 2) {
                network.cutAfter(way, at);
                exchange(c, said, cut, friend);
                network.cutNever();
            }
            String[] all = said.toArray(String[]::new);
            friend.awaitTexts(c, all);
            cut.disconnect();
            reach(cut);
            cut.awaitTexts(c, all);
        }
    }

    /// Reconnects, sends, gets an answer, reads it.
    private static void exchange(String c, List<String> said, TestDevice cut, TestDevice friend) {
        cut.disconnect();
        reach(cut);
        String hello = "hello " + said.size();
        said.add(hello);
        cut.send(c, hello);
        persist(cut, "✓", () -> {}, () -> cut.waiting() == 0);
        long seq = said.size();
        friend.await(hello, () -> friend.newest(c) == seq);
        said.add("answer " + seq);
        friend.sent(c, "answer " + seq);
        persist(cut, "the answer", () -> {}, () -> cut.newest(c) == seq + 1);
        Runnable read = () -> cut.read(c, seq + 1);
        read.run();
        persist(cut, "the read mark", read, () -> cut.readSeq(c) == seq + 1);
    }

    /// Connects again, as often as it is cut off, until something is so.
    private static void persist(
            TestDevice device, String what, Runnable again, Supplier<Boolean> done) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            device.await(what, () -> done.get() || device.ended());
            if (done.get()) {
                return;
            }
            reach(device);
            again.run();
        }
        throw new AssertionError("cut off too often, waiting for " + what);
    }

    private static void reach(TestDevice device) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                device.begin(device.position());
                device.await("an answer", () -> device.connected() || device.ended());
                if (device.connected()) {
                    return;
                }
            } catch (UncheckedIOException refused) {
                // Cut while it was opened.
            }
        }
        throw new AssertionError("not let in");
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
                    4003 | {"type":"send_message","localId":"1","conversationId":"c1","content":"x"}
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
