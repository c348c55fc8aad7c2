package dev.bocau.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.limits.Limits;
import dev.bocau.model.ConversationId;
import dev.bocau.protocol.MessageReceived;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.protocol.ServerFrame.BodyCase;
import dev.bocau.protocol.Sync;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestHouse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What other messaging servers got wrong, and what this one does instead.
class LessonsTest extends SessionFixture {

    @Override
    Limits limits() {
        return PATIENT.with("window", 40).with("logEntries", 300);
    }

    @Test
    void own_messages_are_not_unread_on_ones_other_devices() {
        TestDevice iphone = connected("alice", "iphone");
        TestDevice ipad = connected("alice", "ipad");

        iphone.sent(C1, "one");
        iphone.sent(C1, "two");

        ipad.awaitTexts(C1, "one", "two");
        assertThat(ipad.view(C1).unread()).isZero();
        assertThat(fresh("alice").view(C1).unread()).isZero();
    }

    @Test
    void last_message_of_a_burst_arrives_though_nothing_follows_it() {
        TestDevice alice = connected("alice", "iphone");
        TestDevice bob = connected("bob", "android");
        List<String> texts = IntStream.range(0, 200).mapToObj(i -> "m" + i).toList();

        texts.forEach(text -> alice.send(C1, text));

        bob.awaitTexts(C1, texts.toArray(String[]::new));
    }

    @Test
    void reading_a_part_leaves_the_right_count() {
        TestDevice alice = connected("alice", "iphone");
        TestDevice bob = connected("bob", "android");
        TestDevice laptop = connected("bob", "laptop");
        for (int i = 0; i < 10; i++) {
            alice.sent(C1, "m" + i);
        }
        bob.await("ten messages", () -> bob.texts(C1).size() == 10);

        bob.read(C1, 4);

        laptop.await("six unread", () -> laptop.view(C1).unread() == 6);
        bob.await("six unread", () -> bob.view(C1).unread() == 6);
        alice.sent(C1, "one more");
        laptop.await("seven unread", () -> laptop.view(C1).unread() == 7);
        assertSameAsFresh(laptop);
    }

    @Test
    void cleared_counts_do_not_come_back_after_a_restart() {
        TestDevice alice = connected("alice", "iphone");
        TestDevice bob = connected("bob", "android");
        alice.sent(C1, "hello");
        bob.awaitTexts(C1, "hello");
        bob.read(C1, 1);
        bob.await(BodyCase.MESSAGES_READ_SYNC);

        house.restart(() -> {});
        bob.connect();

        settle(bob);
        assertThat(bob.view(C1).unread()).isZero();
        assertThat(fresh("bob").view(C1).unread()).isZero();
    }

    @Test
    void edits_and_recalls_made_while_a_device_was_offline_reach_it() {
        TestDevice alice = connected("alice", "iphone");
        TestDevice bob = connected("bob", "android");
        MessageReceived one = alice.sent(C1, "one");
        MessageReceived two = alice.sent(C1, "two");
        bob.awaitTexts(C1, "one", "two");
        bob.disconnect();

        alice.edit(C1, one.getServerId(), "one, better");
        alice.recall(C1, two.getServerId());
        alice.awaitTexts(C1, "one, better", "");
        bob.connect();

        bob.awaitTexts(C1, "one, better", "");
        ServerFrame page = bob.await(BodyCase.SYNC_MISSED_MESSAGES);
        assertThat(page.getSyncMissedMessages().getChangedMessagesCount()).isEqualTo(1);
        assertThat(page.getSyncMissedMessages().getDeletedMessagesCount()).isEqualTo(1);
        assertSameAsFresh(bob);
    }

    @Test
    void half_open_socket_swallows_nothing() {
        TestHouse.SlowConnection socket = house.slowConnection();
        TestDevice bob = socket.device("bob", "android").acknowledging(false).connect();
        TestDevice alice = connected("alice", "iphone");
        alice.sent(C1, "into the void");
        bob.awaitTexts(C1, "into the void");
        house.time.advance(limits().heartbeatMs());
        settle(alice);
        assertThat(socket.pings()).isEqualTo(1);
        passWindows();
        settle(alice);
        assertThat(alice.frames(BodyCase.DELIVERY_UPDATES)).isEmpty();

        house.time.advance(limits().heartbeatMs());
        assertThat(bob.awaitClosed()).isEqualTo(4401);

        TestDevice back = device("bob", "android").connect(Optional.empty());
        back.awaitTexts(C1, "into the void");
        awaitTick(alice, C1, 1, "bob", "delivered");
        bob.close();
    }

    @Test
    void read_mark_does_not_move_back_when_two_devices_race() {
        TestDevice alice = connected("alice", "iphone");
        TestDevice bob = connected("bob", "android");
        TestDevice laptop = connected("bob", "laptop");
        for (int i = 1; i <= 20; i++) {
            alice.sent(C1, "m" + i);
        }
        bob.await("all", () -> bob.texts(C1).size() == 20);
        laptop.await("all", () -> laptop.texts(C1).size() == 20);

        for (int i = 1; i <= 20; i++) {
            bob.read(C1, i);
            laptop.read(C1, 21 - i);
        }
        settle(bob);
        settle(laptop);

        laptop.await("the mark", () -> laptop.view(C1).readSeq() == 20);
        bob.await("the mark", () -> bob.view(C1).readSeq() == 20);
        assertSameAsFresh(bob);
        assertSameAsFresh(laptop);
        assertSameAsFresh(alice);
    }

    @Test
    void nothing_comes_twice_after_resuming() {
        TestDevice alice = connected("alice", "iphone");
        TestDevice bob = connected("bob", "android");
        for (int round = 0; round < 10; round++) {
            alice.sent(C1, "round " + round + " a");
            bob.await("it", () -> bob.texts(C1).size() % 2 == 1);
            bob.disconnect();
            alice.sent(C1, "round " + round + " b");
            bob.connect();
            bob.await("the other", () -> bob.texts(C1).size() % 2 == 0);
        }

        List<Long> seqs = new ArrayList<>();
        bob.frames(BodyCase.NEW_MESSAGE).forEach(f -> seqs.add(f.getNewMessage().getSeq()));
        bob.frames(BodyCase.SYNC_MISSED_MESSAGES)
                .forEach(f ->
                        f.getSyncMissedMessages()
                                .getMessagesList()
                                .forEach(m -> seqs.add(m.getSeq())));
        assertThat(seqs).doesNotHaveDuplicates().hasSize(20);
    }

    /// Promise 5.
    @Test
    void receipt_storm_is_one_frame_per_window() {
        String[] members = IntStream.range(0, 60).mapToObj(i -> "m" + i).toArray(String[]::new);
        house.group("g", members);
        TestDevice sender = connected("m0", "phone");
        sender.sent("g", "hello all");
        List<TestDevice> readers = new ArrayList<>();
        for (int i = 1; i < 60; i++) {
            readers.add(device(members[i], "phone").connect());
        }
        readers.forEach(reader -> reader.awaitTexts("g", "hello all"));
        readers.forEach(reader -> reader.read("g", 1));
        readers.forEach(this::settle);
        assertThat(sender.frames(BodyCase.READ_RECEIPTS)).isEmpty();

        house.time.advance(limits().readWindowMs());
        house.time.advance(limits().deliveredWindowMs());

        sender.await(
                "the receipts",
                () ->
                        sender.frames(BodyCase.READ_RECEIPTS).stream()
                                        .mapToInt(f -> f.getReadReceipts().getReceiptsCount())
                                        .sum()
                                >= 40);
        assertThat(sender.frames(BodyCase.READ_RECEIPTS).size()).isLessThanOrEqualTo(2);
        assertThat(sender.frames(BodyCase.DELIVERY_UPDATES).size()).isLessThanOrEqualTo(2);
        awaitTick(sender, "g", 1, "m59", "read");
        assertSameAsFresh(sender);
    }

    @Test
    void device_that_is_too_far_behind_gets_a_snapshot_and_carries_on() {
        TestDevice alice = connected("alice", "iphone");
        TestDevice bob = connected("bob", "android");
        settle(bob);
        bob.disconnect();
        List<String> texts = IntStream.range(0, 400).mapToObj(i -> "m" + i).toList();
        texts.forEach(text -> alice.send(C1, text));
        alice.await("all ✓", () -> alice.waiting() == 0);
        bob.await(
                "retention",
                () ->
                        !house.store()
                                .reaches(
                                        new dev.bocau.model.UserId("bob"),
                                        dev.bocau.model.Position.decode(
                                                        bob.position().orElseThrow().toByteArray())
                                                .orElseThrow()
                                                .head()));

        bob.connect();

        ServerFrame connected = bob.frames(BodyCase.DEVICE_CONNECTED).getLast();
        assertThat(connected.getDeviceConnected().getSync()).isEqualTo(Sync.SYNC_SNAPSHOT);
        bob.await(
                "the newest",
                () -> !bob.texts(C1).isEmpty() && bob.texts(C1).getLast().equals("m399"));
        assertThat(bob.frames(BodyCase.ERROR)).isEmpty();
        assertThat(bob.view(C1).unread()).isEqualTo(400);
        assertSameAsFresh(bob);
    }

    @Test
    void slow_device_in_mid_session_gets_a_snapshot_when_its_log_is_gone() {
        TestDevice alice = connected("alice", "iphone");
        TestDevice bob = connected("bob", "android");
        settle(bob);
        bob.acknowledging(false);
        IntStream.range(0, 500).forEach(i -> alice.send(C1, "m" + i));
        alice.await("all ✓", () -> alice.waiting() == 0);
        bob.await("a full window", () -> bob.texts(C1).size() >= limits().window());
        settle(bob);
        assertThat(bob.texts(C1).size()).isLessThanOrEqualTo(limits().window());
        bob.await(
                "retention",
                () -> house.store().history(new ConversationId(C1), 1, 500, 1).size() == 1);

        bob.acknowledging(true);
        bob.acknowledge(lastPosition(bob));

        bob.await(
                "the newest",
                () -> !bob.texts(C1).isEmpty() && bob.texts(C1).getLast().equals("m499"));
        assertSameAsFresh(bob);
    }

    @Test
    void what_was_sent_and_not_acknowledged_is_bounded_by_the_window() {
        TestDevice alice = connected("alice", "iphone");
        TestDevice bob = connected("bob", "android");
        settle(bob);
        bob.acknowledging(false);
        IntStream.range(0, 200).forEach(i -> alice.send(C1, "m" + i));
        alice.await("all ✓", () -> alice.waiting() == 0);
        settle(bob);
        assertThat(bob.texts(C1)).hasSize(limits().window());

        bob.acknowledging(true);
        bob.acknowledge(lastPosition(bob));

        bob.await("all", () -> bob.texts(C1).size() == 200);
        assertSameAsFresh(bob);
    }

    @Test
    void socket_that_is_not_read_holds_back_its_own_log_only() {
        TestHouse.SlowConnection socket = house.slowConnection();
        TestDevice slow = socket.device("bob", "slow").connect();
        TestDevice quick = connected("bob", "quick");
        TestDevice alice = connected("alice", "iphone");
        settle(slow);
        socket.pending(limits().outboundBytes());

        IntStream.range(0, 30).forEach(i -> alice.send(C1, "m" + i));

        quick.await("all", () -> quick.texts(C1).size() == 30);
        assertThat(slow.texts(C1)).isEmpty();
        socket.pending(0);
        slow.await("all", () -> slow.texts(C1).size() == 30);
        slow.close();
    }

    @Test
    void first_sync_of_a_new_device_is_a_few_pages_not_all_of_history() {
        TestDevice alice = connected("alice", "iphone");
        IntStream.range(0, 500).forEach(i -> alice.send(C1, "message number " + i));
        alice.await("all ✓", () -> alice.waiting() == 0);

        TestDevice fresh = fresh("alice");

        assertThat(fresh.frames(BodyCase.SYNC_CONVERSATION_STATES)).hasSize(1);
        assertThat(fresh.texts(C1)).hasSize(limits().recentMessages());
    }

    @Test
    void clients_are_asked_to_return_spread_over_a_while_when_the_server_goes_down() {
        List<TestDevice> devices =
                IntStream.range(0, 10).mapToObj(i -> device("alice", "d" + i).connect()).toList();

        house.sessions().close();

        List<Integer> waits = new ArrayList<>();
        for (TestDevice device : devices) {
            waits.add(device.awaitError(4400).getError().getRetryAfterMs());
            assertThat(device.awaitClosed()).isEqualTo(4400);
        }
        assertThat(waits).allSatisfy(ms -> assertThat(ms).isBetween(1, limits().shutdownMs()));
        assertThat(waits.stream().distinct().count()).isGreaterThan(5);
        TestDevice late = device("alice", "late").open();
        late.awaitError(4400);
    }

    @Test
    void receipts_that_wait_are_sent_before_the_server_goes_down() {
        TestDevice alice = connected("alice", "iphone");
        TestDevice bob = connected("bob", "android");
        alice.sent(C1, "hello");
        bob.awaitTexts(C1, "hello");
        bob.read(C1, 1);
        bob.await(BodyCase.MESSAGES_READ_SYNC);
        settle(alice);
        assertThat(alice.frames(BodyCase.READ_RECEIPTS)).isEmpty();

        house.sessions().close();

        awaitTick(alice, C1, 1, "bob", "read");
    }
}
