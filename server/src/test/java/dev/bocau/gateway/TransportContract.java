package dev.bocau.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.frame.TestFrames;
import dev.bocau.model.Code;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.DeviceState;
import dev.bocau.protocol.MessageReceived;
import dev.bocau.protocol.SendMessage;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.protocol.ServerFrame.BodyCase;
import dev.bocau.testing.Cutter;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.Transport;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What is promised over every transport: conversations, told once, whatever carries them. A
/// transport's test extends it and, as far as they can be said on it, its siblings {@link
/// TransportFramesContract} and {@link TransportBoundsContract}, and says which transport it is.
public abstract class TransportContract extends TransportFixture {
    /// So many places of an exchange are cut, spread over all its bytes. More: `-Dbocau.cuts`.
    private static final int CUTS = Integer.getInteger("bocau.cuts", 60);

    private static final int ATTEMPTS = 10;

    protected TransportContract(Transport transport) {
        super(transport);
    }

    // --------------------------------------------------------------------------- the common course

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
    void device_in_the_background_gets_receipts_when_it_is_active_or_with_the_next_message() {
        String c = conversation();
        TestDevice phone = device(alice, "phone").connect();
        TestDevice laptop = device(alice, "laptop").connect();
        TestDevice friend = device(bob, "phone").connect();
        laptop.sent(c, "hello");
        phone.awaitTexts(c, "hello");
        phone.awaitTick(c, 1, bob, "delivered");
        phone.say(active(false));
        // What comes behind it was handled: so was it.
        phone.send("elsewhere", "nobody hears this");
        phone.awaitError(Code.NOT_A_MEMBER.number());

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
            TestDevice fresh = device(each.user(), "fresh", Transport.TCP.to(server)).connect();
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
            for (long at = 0; at < bytes; at += step > 1 ? step + at % 2 : 1) {
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
}
