package dev.bocau.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.bocau.bus.Hint;
import dev.bocau.model.Code;
import dev.bocau.model.Conversation;
import dev.bocau.model.ConversationId;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Message;
import dev.bocau.model.Position;
import dev.bocau.model.Refusal;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.EditMessage;
import dev.bocau.protocol.MarkRead;
import dev.bocau.protocol.MessageKind;
import dev.bocau.protocol.SendMessage;
import dev.bocau.protocol.ServerFrame.BodyCase;
import dev.bocau.protocol.Sync;
import dev.bocau.store.Acknowledgement;
import dev.bocau.store.Draft;
import dev.bocau.store.Outcome;
import dev.bocau.store.Outcome.Denied;
import dev.bocau.store.Sent;
import dev.bocau.store.Store;
import dev.bocau.testing.ManualTime;
import dev.bocau.testing.Meddler;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestHouse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Faults that this server once had: stores that say no at the wrong moment, and things that happen
/// between two steps.
@org.jspecify.annotations.NullUnmarked
class FaultsTest extends SessionFixture {
    private static final UserId ALICE = new UserId("alice");
    private static final UserId BOB = new UserId("bob");
    private static final DeviceId PHONE = new DeviceId("phone");
    private static final Refusal FULL = Refusal.retry(Code.STORAGE_FULL, "full", 5_000);

    private final Meddler meddler = new Meddler();

    @Override
    Store openStore(ManualTime time) {
        return meddler.before(super.openStore(time));
    }

    /// A failed read ended the lane of the session for good: no answers, and no end either.
    @Test
    void session_outlives_a_read_that_fails() {
        TestDevice bob = connected("bob", "phone");
        AtomicBoolean failed = new AtomicBoolean();
        meddler.meddle((method, arguments, real) -> {
            if (method.equals("read") && arguments[0].equals(BOB) && !failed.getAndSet(true)) {
                throw new Refused(Refusal.retry(Code.UNAVAILABLE, "a bad block"));
            }
            return real.call();
        });

        house.group("g", "alice", "bob");

        await().untilTrue(failed);
        settle(bob);
        awaitAsTimePasses(bob, "the group", () -> bob.views().containsKey("g"));
        bob.disconnect();
        await().until(() -> !house.sessions().online(BOB).contains(PHONE));
    }

    @Test
    void catching_up_goes_on_after_a_read_that_fails() {
        TestDevice bob = connected("bob", "phone");
        bob.disconnect();
        TestDevice alice = connected("alice", "phone");
        alice.sent(C1, "while bob was away");
        AtomicInteger reads = new AtomicInteger();
        meddler.meddle((method, arguments, real) -> {
            if (method.equals("read") && arguments[0].equals(BOB) && reads.incrementAndGet() < 3) {
                throw new Refused(Refusal.retry(Code.UNAVAILABLE, "a bad block"));
            }
            return real.call();
        });

        bob.connect();

        awaitAsTimePasses(
                bob, "the message", () -> bob.texts(C1).equals(List.of("while bob was away")));
    }

    /// The answers to sends went around the bound of what waits for a socket.
    @Test
    void sends_whose_answers_are_not_read_end_the_connection() {
        TestHouse.SlowConnection slow = house.slowConnection();
        TestDevice alice = slow.device("alice", "phone").connect();
        settle(alice);

        slow.pending(limits().outboundMaxBytes() + 1L);
        alice.send(C1, "one");

        assertThat(alice.awaitClosed()).isEqualTo(Code.SLOW_CONSUMER.number());
        assertThat(alice.awaitError(Code.SLOW_CONSUMER.number())).isNotNull();
    }

    /// Each of the two took the other one for the older and closed it.
    @Test
    void of_two_sessions_that_begin_at_once_the_newer_stays() {
        TestDevice older = device("alice", "phone");
        TestDevice newer = device("alice", "phone");
        AtomicBoolean once = new AtomicBoolean();
        house.hear(hint -> {
            if (hint instanceof Hint.Connected && !once.getAndSet(true)) {
                newer.connect();
            }
            return true;
        });

        older.begin(Optional.empty());

        assertThat(older.awaitClosed()).isEqualTo(Code.REPLACED.number());
        settle(newer);
        assertThat(newer.ended()).isFalse();
    }

    @Test
    void sign_out_and_replacement_are_found_out_without_the_bus() {
        house.hear(hint -> false);
        TestDevice older = connected("alice", "phone");
        TestDevice newer = connected("alice", "phone");
        TestDevice gone = connected("bob", "phone");
        house.devices().signOut(BOB, PHONE);

        house.time.advance(limits().heartbeatMs());

        assertThat(older.awaitClosed()).isEqualTo(Code.REPLACED.number());
        assertThat(gone.awaitClosed()).isEqualTo(Code.SIGNED_OUT.number());
        assertThat(newer.ended()).isFalse();
    }

    @Test
    void client_is_told_which_heartbeat_holds_and_is_pinged_after_that() {
        TestHouse.SlowConnection socket = house.slowConnection();
        TestDevice bob = socket.device("bob", "android").open();
        bob.say(
                ClientFrame.newBuilder()
                        .setDeviceConnect(bob.deviceConnect().setHeartbeatMs(90_000)));
        assertThat(bob.await(BodyCase.DEVICE_CONNECTED).getDeviceConnected().getHeartbeatMs())
                .isEqualTo(90_000);
        bob.await(BodyCase.SYNC_CONVERSATION_STATES);
        settle(bob); // its acknowledgement is a sign of life, too

        house.time.advance(2L * limits().heartbeatMs());
        assertThat(socket.pings()).isZero();
        house.time.advance(90_000 - 2L * limits().heartbeatMs());
        assertThat(socket.pings()).isEqualTo(1);
    }

    @Test
    void heartbeats_beyond_the_limits_are_brought_within_them() {
        for (int proposed : List.of(Integer.MIN_VALUE, 0, 1, Integer.MAX_VALUE)) {
            TestDevice bob = device("bob", "android").open();
            bob.say(
                    ClientFrame.newBuilder()
                            .setDeviceConnect(bob.deviceConnect().setHeartbeatMs(proposed)));
            assertThat(bob.await(BodyCase.DEVICE_CONNECTED).getDeviceConnected().getHeartbeatMs())
                    .isEqualTo(
                            Math.clamp(
                                    proposed,
                                    limits().heartbeatMinMs(),
                                    limits().heartbeatMaxMs()));
            bob.close();
        }
    }

    /// The sign-out was told before the session could hear of it.
    @Test
    void device_that_is_signed_out_while_it_connects_is_not_let_in() {
        AtomicBoolean once = new AtomicBoolean();
        meddler.meddle((method, arguments, real) -> {
            Object answer = real.call();
            if (method.equals("connect") && !once.getAndSet(true)) {
                house.devices().signOut(ALICE, PHONE);
            }
            return answer;
        });

        TestDevice alice = device("alice", "phone").begin(Optional.empty());

        assertThat(alice.awaitClosed()).isEqualTo(Code.SIGNED_OUT.number());
        assertThat(house.sessions().online(ALICE).contains(PHONE)).isFalse();
    }

    /// The last write of the session that was signed out put its cursor back.
    @Test
    void signed_out_device_that_comes_back_begins_anew() {
        TestDevice alice = connected("alice", "phone");
        TestDevice bob = connected("bob", "phone");
        bob.sent(C1, "one");
        alice.awaitTexts(C1, "one");
        settle(alice);
        house.devices().signOut(ALICE, PHONE);
        alice.awaitClosed();
        await().until(() -> !house.sessions().online(ALICE).contains(PHONE));
        house.time.advance(2_000);

        TestDevice again = device("alice", "phone").open();
        again.say(
                ClientFrame.newBuilder()
                        .setDeviceConnect(again.deviceConnect().setStoredCursor(true)));

        assertThat(again.await(BodyCase.DEVICE_CONNECTED).getDeviceConnected().getSync())
                .isEqualTo(Sync.SYNC_SNAPSHOT);
        again.awaitTexts(C1, "one");
    }

    /// The marks of an acknowledgement that was denied were lost, as the next one stored the cursor
    /// past them.
    @Test
    void delivery_that_could_not_be_kept_is_kept_later() {
        TestDevice alice = connected("alice", "phone");
        TestDevice bob = connected("bob", "phone");
        AtomicInteger denied = new AtomicInteger();
        meddler.meddle((method, arguments, real) ->
                method.equals("acknowledge")
                                && !((Acknowledgement) arguments[0]).delivered().isEmpty()
                                && denied.getAndIncrement() < 2
                        ? CompletableFuture.completedFuture(new Denied<>(FULL))
                        : real.call());

        alice.sent(C1, "one");
        bob.awaitTexts(C1, "one");
        settle(bob);

        awaitTick(alice, C1, 1, "bob", "delivered");
        assertThat(denied.get()).isGreaterThan(1);
    }

    /// What a device presents was taken for the acknowledgement of a cursor only.
    @Test
    void snapshot_whose_acknowledgements_were_lost_is_delivered() {
        int conversations = 150;
        for (int i = 0; i < conversations; i++) {
            house.direct("d" + i, "friend" + i, "bob");
            house.conversations()
                    .send(
                            new Draft(
                                    new ConversationId("d" + i),
                                    new UserId("friend" + i),
                                    Device.REST,
                                    new LocalId("l"),
                                    Message.Kind.TEXT,
                                    "x",
                                    null,
                                    0));
        }
        TestDevice bob = device("bob", "phone").acknowledging(false).connect();
        bob.await("two pages", () -> bob.frames(BodyCase.SYNC_CONVERSATION_STATES).size() >= 2);
        ByteString second = bob.frames(BodyCase.SYNC_CONVERSATION_STATES).get(1).getPosition();
        bob.disconnect();

        bob.acknowledging(true).connect(Optional.of(second));

        awaitAsTimePasses(
                bob,
                "all deliveries",
                () ->
                        IntStream.range(0, conversations)
                                .allMatch(i -> isDelivered(new ConversationId("d" + i))));
    }

    private boolean isDelivered(ConversationId conversation) {
        return house.store()
                .status(conversation, 1)
                .orElseThrow()
                .members()
                .getFirst()
                .deliveredAtMs()
                .isPresent();
    }

    /// A late acknowledgement stored the position that it named.
    @Test
    void late_or_invented_acknowledgement_does_not_move_the_stored_cursor_back() {
        List<Position> stored = new CopyOnWriteArrayList<>();
        meddler.meddle((method, arguments, real) -> {
            if (method.equals("acknowledge")
                    && ((Acknowledgement) arguments[0]).user().equals(BOB)) {
                ((Acknowledgement) arguments[0]).cursor().ifPresent(stored::add);
            }
            return real.call();
        });
        TestDevice bob = connected("bob", "phone");
        TestDevice alice = connected("alice", "phone");
        alice.sent(C1, "one");
        bob.awaitTexts(C1, "one");
        settle(bob);
        ByteString first = bob.position().orElseThrow();
        alice.sent(C1, "two");
        bob.awaitTexts(C1, "one", "two");
        settle(bob);
        house.time.advance(2_000);

        bob.acknowledge(first);
        settle(bob);
        house.time.advance(2_000);
        bob.acknowledge(
                ByteString.copyFrom(
                        new Position.Cursor(new dev.bocau.model.Commit(4711, 1), 1, 0, 0)
                                .encode()));
        settle(bob);
        house.time.advance(2_000);

        List<Long> offsets = stored.stream().map(at -> at.head().changes()).toList();
        assertThat(offsets).isSorted();
        assertThat(stored).noneMatch(at -> at.head().commit().start() == 4711);
    }

    /// What the device held from before stayed, with a recalled message and a gap.
    @Test
    void member_that_left_and_joined_again_while_away_is_like_a_new_one() {
        house.put("g", Conversation.Kind.GROUP, "G", Conversation.History.ALL, "alice", "bob");
        TestDevice alice = connected("alice", "phone");
        TestDevice bob = connected("bob", "phone");
        List<String> ids = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            ids.add(alice.sent("g", "m" + i).getServerId());
        }
        bob.await("all", () -> bob.texts("g").size() == 5);
        settle(bob);
        bob.disconnect();
        house.conversations().leave(new ConversationId("g"), BOB);
        alice.recall("g", ids.get(1));
        for (int i = 0; i < 60; i++) {
            alice.sent("g", "meanwhile " + i);
        }
        house.conversations().join(new ConversationId("g"), BOB);

        bob.connect();

        bob.await("the last message", () -> bob.texts("g").contains("meanwhile 59"));
        assertThat(bob.texts("g")).doesNotContain("m2", "m1").hasSize(limits().recentMessages());
        assertSameAsFresh(bob);
    }

    /// The refusal that was told first was taken for that of the message that was sent first.
    @Test
    void message_that_was_sent_first_goes_first_in_whatever_order_refusals_are_told() {
        TestDevice alice = connected("alice", "phone");
        CompletableFuture<Outcome<Sent>> late = new CompletableFuture<>();
        AtomicInteger sends = new AtomicInteger();
        meddler.meddle((method, arguments, real) -> {
            if (!method.equals("send")) {
                return real.call();
            }
            return switch (sends.incrementAndGet()) {
                case 1 -> late;
                case 2 -> CompletableFuture.completedFuture(new Denied<Sent>(FULL));
                default -> real.call();
            };
        });
        String one = alice.send(C1, "one");
        String two = alice.send(C1, "two");
        alice.await(BodyCase.ERROR, frame -> frame.getError().getLocalId().equals(two));
        late.complete(new Denied<>(FULL));
        alice.await(BodyCase.ERROR, frame -> frame.getError().getLocalId().equals(one));

        again(alice, two, "two");
        alice.await(BodyCase.ERROR, frame -> frame.getError().getCode() == 4300);
        again(alice, one, "one");
        again(alice, two, "two");

        assertThat(alice.awaitConfirmed(one).getSeq()).isEqualTo(1);
        assertThat(alice.awaitConfirmed(two).getSeq()).isEqualTo(2);
    }

    private static void again(TestDevice device, String localId, String content) {
        device.say(
                ClientFrame.newBuilder()
                        .setSendMessage(
                                SendMessage.newBuilder()
                                        .setLocalId(localId)
                                        .setConversationId(C1)
                                        .setKind(MessageKind.MESSAGE_KIND_TEXT)
                                        .setContent(content)));
    }

    /// Edits went past one that had been refused, which then undid them.
    @Test
    void edit_does_not_overtake_one_that_was_refused() {
        TestDevice alice = connected("alice", "phone");
        String message = alice.sent(C1, "draft").getServerId();
        AtomicBoolean once = new AtomicBoolean();
        meddler.meddle((method, arguments, real) ->
                method.equals("change") && !once.getAndSet(true)
                        ? new Denied<Sent>(FULL)
                        : real.call());
        String first = UUID.randomUUID().toString();
        String second = UUID.randomUUID().toString();

        edit(alice, first, message, "first");
        alice.awaitError(4303);
        edit(alice, second, message, "second");
        alice.awaitError(4300);
        edit(alice, first, message, "first");
        edit(alice, second, message, "second");

        alice.awaitTexts(C1, "second");
        assertSameAsFresh(alice);
    }

    private static void edit(TestDevice device, String localId, String message, String content) {
        device.say(
                ClientFrame.newBuilder()
                        .setEditMessage(
                                EditMessage.newBuilder()
                                        .setLocalId(localId)
                                        .setConversationId(C1)
                                        .setMessageId(message)
                                        .setContent(content)));
    }

    /// A device whose clock says 1970 had read for those who were there, and not for a fresh one.
    @Test
    void read_at_the_beginning_of_time_is_a_read() {
        TestDevice bob = connected("bob", "phone");
        TestDevice alice = connected("alice", "phone");
        alice.sent(C1, "one");
        bob.awaitTexts(C1, "one");
        bob.say(
                ClientFrame.newBuilder()
                        .setMarkRead(
                                MarkRead.newBuilder()
                                        .setConversationId(C1)
                                        .setSeq(1)
                                        .setReadAt(0)));
        settle(bob);

        TestDevice fresh = fresh("bob");

        assertThat(
                        fresh.frames(BodyCase.SYNC_CONVERSATION_STATES)
                                .getFirst()
                                .getSyncConversationStates()
                                .getConversations(0)
                                .getDevicesMap())
                .containsKey("phone");
    }
}
