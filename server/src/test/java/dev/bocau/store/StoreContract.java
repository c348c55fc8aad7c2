package dev.bocau.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.limits.Limits;
import dev.bocau.model.Appended;
import dev.bocau.model.Code;
import dev.bocau.model.Conversation;
import dev.bocau.model.Conversation.History;
import dev.bocau.model.Conversation.Kind;
import dev.bocau.model.ConversationId;
import dev.bocau.model.ConversationState;
import dev.bocau.model.ConversationState.DeviceMark;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Entry;
import dev.bocau.model.LocalId;
import dev.bocau.model.Mark;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.Position;
import dev.bocau.model.Position.Cursor;
import dev.bocau.model.ReadTime;
import dev.bocau.model.Receipt;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import dev.bocau.store.Outcome.Denied;
import dev.bocau.store.Outcome.Kept;
import dev.bocau.testing.ManualTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every {@link Store} does. An implementation's test extends this and says how one is opened.
public abstract class StoreContract {
    protected static final UserId ALICE = new UserId("alice");
    protected static final UserId BOB = new UserId("bob");
    protected static final UserId CAROL = new UserId("carol");
    protected static final DeviceId IPHONE = new DeviceId("iphone");
    protected static final DeviceId IPAD = new DeviceId("ipad");
    protected static final ConversationId C1 = new ConversationId("c1");
    protected static final ConversationId C2 = new ConversationId("c2");
    private static final int ALL_BYTES = 1 << 20;

    protected final ManualTime time = new ManualTime();
    protected Limits limits = Limits.standard();
    protected ReadTime readTime = ReadTime.EARLIEST_READ_WINS;
    protected Store store;

    /// Opens a store, always on the same data.
    protected abstract Store open();

    @BeforeEach
    void openStore() {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    protected void reopen() {
        store.close();
        store = open();
    }

    protected void reopen(Limits newLimits) {
        limits = newLimits;
        reopen();
    }

    // ------------------------------------------------------------------------------------------------------- shorthand

    protected void group(ConversationId id, UserId... members) {
        put(id, Kind.GROUP, "", History.FROM_JOIN, members).orRefuse();
    }

    protected Outcome<Conversation> put(
            ConversationId id, Kind kind, String title, History history, UserId... members) {
        return store.putConversation(
                new Conversation(id, kind, title, history), new LinkedHashSet<>(List.of(members)));
    }

    protected static Draft draft(ConversationId conversation, UserId user, String localId) {
        return draft(conversation, user, IPHONE, localId, "content of " + localId, 0);
    }

    protected static Draft draft(
            ConversationId conversation,
            UserId user,
            DeviceId device,
            String localId,
            String content,
            long readSeq) {
        return new Draft(
                conversation,
                user,
                device,
                new LocalId(localId),
                Message.Kind.TEXT,
                content,
                readSeq);
    }

    protected Outcome<Sent> trySend(Draft draft) {
        return store.send(draft).join();
    }

    protected Sent send(ConversationId conversation, UserId user, String localId) {
        return trySend(draft(conversation, user, localId)).orRefuse().value();
    }

    protected void send(ConversationId conversation, UserId user, int count) {
        List<CompletableFuture<Outcome<Sent>>> all =
                IntStream.range(0, count)
                        .mapToObj(i -> store.send(draft(conversation, user, "bulk-" + i)))
                        .toList();
        all.forEach(one -> one.join().orRefuse());
    }

    protected static Code code(Outcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Denied.class);
        return ((Denied<?>) outcome).refusal().code();
    }

    protected List<Entry> entries(UserId user, Cursor from) {
        return page(user, from, Track.values()).entries();
    }

    protected LogRead.Page page(UserId user, Cursor from, Track... tracks) {
        LogRead read = store.read(user, from, Set.of(tracks), 10_000, ALL_BYTES);
        assertThat(read).isInstanceOf(LogRead.Page.class);
        return (LogRead.Page) read;
    }

    protected List<Long> seqs(UserId user, Cursor from) {
        return entries(user, from).stream()
                .filter(Entry.Added.class::isInstance)
                .map(entry -> ((Entry.Added) entry).message().seq())
                .toList();
    }

    protected void deliver(UserId user, DeviceId device, ConversationId conversation, long seq) {
        store.acknowledge(
                        new Acknowledgement(
                                user,
                                device,
                                Optional.empty(),
                                List.of(new Mark(conversation, seq))))
                .join()
                .orRefuse();
    }

    protected void read(UserId user, DeviceId device, ConversationId conversation, long seq) {
        read(user, device, conversation, seq, time.millis());
    }

    protected void read(
            UserId user, DeviceId device, ConversationId conversation, long seq, long atMs) {
        store.read(new Reading(user, device, conversation, seq, atMs)).orRefuse();
    }

    protected ConversationState state(UserId user, ConversationId conversation) {
        return store.state(user, conversation, ALL_BYTES).orElseThrow();
    }

    private static Device device(DeviceId id) {
        return new Device(id, Device.Type.MOBILE, Device.Platform.IOS, "1.0", null);
    }

    private Receipt onlyReceipt(UserId user, Cursor from) {
        List<Receipt> receipts = receipts(user, from);
        assertThat(receipts).hasSize(1);
        return receipts.getFirst();
    }

    private List<Receipt> receipts(UserId user, Cursor from) {
        return entries(user, from).stream()
                .filter(Entry.Received.class::isInstance)
                .map(entry -> ((Entry.Received) entry).receipt())
                .toList();
    }

    // --------------------------------------------------------------------------------------------------------- sending

    @Test
    void message_gets_the_next_place_and_an_entry_in_the_log_of_every_member() {
        group(C1, ALICE, BOB, CAROL);
        Cursor alice = store.head(ALICE);
        Cursor bob = store.head(BOB);

        Kept<Sent> first = trySend(draft(C1, ALICE, "1")).orRefuse();
        Sent second = send(C1, BOB, "1");

        assertThat(first.value().seq()).isEqualTo(1);
        assertThat(second.seq()).isEqualTo(2);
        assertThat(first.appended()).extracting(Appended::user).containsExactly(ALICE, BOB, CAROL);
        assertThat(first.appended())
                .allSatisfy(entry -> assertThat(entry.before()).isEqualTo(entry.offset() - 1));
        assertThat(seqs(ALICE, alice)).containsExactly(1L, 2L);
        assertThat(seqs(BOB, bob)).containsExactly(1L, 2L);
    }

    @Test
    void message_id_is_a_uuid_of_version_7_with_the_time_of_the_message() {
        group(C1, ALICE, BOB);

        Sent sent = send(C1, ALICE, "1");

        assertThat(sent.message().uuid().version()).isEqualTo(7);
        assertThat(sent.message().uuid().variant()).isEqualTo(2);
        assertThat(sent.message().timestampMs())
                .isEqualTo(sent.timestampMs())
                .isEqualTo(time.millis());
    }

    @Test
    void timestamps_never_decrease_along_a_conversation_though_the_clock_does() {
        group(C1, ALICE, BOB);
        Sent first = send(C1, ALICE, "1");
        time.advance(-60_000);

        Sent second = send(C1, ALICE, "2");
        reopen();
        Sent third = send(C1, ALICE, "3");

        assertThat(second.timestampMs()).isEqualTo(first.timestampMs());
        assertThat(third.timestampMs()).isEqualTo(first.timestampMs());
    }

    @Test
    void same_localId_is_the_same_message_also_after_a_restart() {
        group(C1, ALICE, BOB);
        Sent first = send(C1, ALICE, "1");
        Cursor bob = store.head(BOB);

        Sent again = send(C1, ALICE, "1");
        reopen();
        Sent afterRestart = send(C1, ALICE, "1");

        assertThat(again).isEqualTo(first);
        assertThat(afterRestart).isEqualTo(first);
        assertThat(store.head(BOB).changes()).isEqualTo(bob.changes());
    }

    @Test
    void same_localId_while_the_first_try_is_still_being_committed_is_the_same_message() {
        group(C1, ALICE, BOB);

        List<CompletableFuture<Outcome<Sent>>> tries =
                IntStream.range(0, 50).mapToObj(i -> store.send(draft(C1, ALICE, "1"))).toList();

        assertThat(tries.stream().map(one -> one.join().orRefuse().value()).distinct()).hasSize(1);
        assertThat(state(ALICE, C1).headSeq()).isEqualTo(1);
    }

    @Test
    void same_localId_with_other_content_is_refused_and_leaves_no_trace() {
        group(C1, ALICE, BOB);
        send(C1, ALICE, "1");

        assertThat(code(trySend(draft(C1, ALICE, IPHONE, "1", "something else", 0))))
                .isEqualTo(Code.LOCAL_ID_CONFLICT);
        assertThat(
                        code(
                                trySend(
                                        new Draft(
                                                C1,
                                                ALICE,
                                                IPHONE,
                                                new LocalId("1"),
                                                Message.Kind.IMAGE,
                                                "content of 1",
                                                0))))
                .isEqualTo(Code.LOCAL_ID_CONFLICT);
        assertThat(state(ALICE, C1).headSeq()).isEqualTo(1);
    }

    @Test
    void same_localId_from_another_device_or_in_another_conversation_is_another_message() {
        group(C1, ALICE, BOB);
        group(C2, ALICE, BOB);
        send(C1, ALICE, "1");

        Sent fromIpad = trySend(draft(C1, ALICE, IPAD, "1", "other", 0)).orRefuse().value();
        Sent elsewhere = trySend(draft(C2, ALICE, IPHONE, "1", "other", 0)).orRefuse().value();
        Sent fromBob = trySend(draft(C1, BOB, IPHONE, "1", "other", 0)).orRefuse().value();

        assertThat(fromIpad.seq()).isEqualTo(2);
        assertThat(elsewhere.seq()).isEqualTo(1);
        assertThat(fromBob.seq()).isEqualTo(3);
    }

    @Test
    void localId_is_remembered_for_its_whole_time() {
        group(C1, ALICE, BOB);
        Sent first = send(C1, ALICE, "1");

        time.advance(days(limits.localIdDays()) - 1);

        assertThat(send(C1, ALICE, "1")).isEqualTo(first);
    }

    @Test
    void stranger_cannot_send_and_a_known_message_is_still_known_after_leaving() {
        group(C1, ALICE, BOB);
        Sent sent = send(C1, BOB, "1");
        store.removeMember(C1, BOB).orRefuse();

        assertThat(code(trySend(draft(C1, CAROL, "1")))).isEqualTo(Code.NOT_A_MEMBER);
        assertThat(code(trySend(draft(C2, ALICE, "1")))).isEqualTo(Code.NOT_A_MEMBER);
        assertThat(code(trySend(draft(C1, BOB, "2")))).isEqualTo(Code.NOT_A_MEMBER);
        assertThat(send(C1, BOB, "1")).isEqualTo(sent);
    }

    @Test
    void drafts_handed_over_one_after_the_other_are_decided_in_that_order() {
        group(C1, ALICE, BOB);
        List<Long> toldInOrder = new ArrayList<>();

        List<CompletableFuture<Void>> all =
                IntStream.range(0, 500)
                        .mapToObj(i ->
                                store.send(draft(C1, ALICE, "m" + i))
                                        .thenAccept(outcome ->
                                                toldInOrder.add(outcome.orRefuse().value().seq())))
                        .toList();
        all.forEach(CompletableFuture::join);

        assertThat(toldInOrder)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 500).boxed().toList());
        assertThat(store.history(C1, 1, Long.MAX_VALUE, 500))
                .extracting(message -> message.localId().value())
                .containsExactlyElementsOf(IntStream.range(0, 500).mapToObj(i -> "m" + i).toList());
    }

    @Test
    void messages_and_their_places_survive_a_restart() {
        group(C1, ALICE, BOB);
        Cursor before = store.head(BOB);
        send(C1, ALICE, 20);

        reopen();

        assertThat(seqs(BOB, before)).hasSize(20);
        assertThat(send(C1, BOB, "next").seq()).isEqualTo(21);
    }

    // -------------------------------------------------------------------------------------------------- edit and recall

    @Test
    void edit_supersedes_earlier_edits_and_leaves_the_message_in_its_place() {
        group(C1, ALICE, BOB);
        Cursor before = store.head(BOB);
        Sent first = send(C1, ALICE, "1");
        send(C1, ALICE, "2");

        store.change(edit(first.message(), "e1", "once")).orRefuse();
        store.change(edit(first.message(), "e2", "twice")).orRefuse();

        List<Entry> entries = entries(BOB, before);
        assertThat(entries).hasSize(3);
        assertThat(seqs(BOB, before)).containsExactly(1L, 2L);
        Message edited = ((Entry.Changed) entries.get(2)).message();
        assertThat(edited.content()).isEqualTo("twice");
        assertThat(edited.version()).isEqualTo(3);
        assertThat(((Entry.Added) entries.getFirst()).message()).isEqualTo(edited);
    }

    @Test
    void recalled_message_has_no_content_keeps_its_place_and_cannot_be_edited() {
        group(C1, ALICE, BOB);
        Sent sent = send(C1, ALICE, "1");

        store.change(recall(sent.message(), "r1")).orRefuse();

        Message recalled = store.history(C1, 1, Long.MAX_VALUE, 1).getFirst();
        assertThat(recalled.content()).isEmpty();
        assertThat(recalled.recalled()).isTrue();
        assertThat(recalled.seq()).isEqualTo(1);
        assertThat(code(store.change(edit(sent.message(), "e1", "back")))).isEqualTo(Code.CONFLICT);
        store.change(recall(sent.message(), "r2")).orRefuse();
        assertThat(store.history(C1, 1, Long.MAX_VALUE, 1).getFirst()).isEqualTo(recalled);
    }

    @Test
    void edit_retried_late_does_not_undo_a_newer_one() {
        group(C1, ALICE, BOB);
        Sent sent = send(C1, ALICE, "1");
        store.change(edit(sent.message(), "e1", "first")).orRefuse();
        store.change(edit(sent.message(), "e2", "second")).orRefuse();

        store.change(edit(sent.message(), "e1", "first")).orRefuse();

        assertThat(store.history(C1, 1, 2, 1).getFirst().content()).isEqualTo("second");
        assertThat(code(store.change(edit(sent.message(), "e1", "third"))))
                .isEqualTo(Code.LOCAL_ID_CONFLICT);
    }

    @Test
    void only_the_sender_changes_a_message() {
        group(C1, ALICE, BOB);
        Sent sent = send(C1, ALICE, "1");
        Change byBob =
                new Change(
                        C1, BOB, IPHONE, new LocalId("e"), sent.message(), Optional.of("mine now"));
        Change byStranger =
                new Change(C1, CAROL, IPHONE, new LocalId("e"), sent.message(), Optional.empty());

        assertThat(code(store.change(byBob))).isEqualTo(Code.NOT_ALLOWED);
        assertThat(code(store.change(byStranger))).isEqualTo(Code.NOT_A_MEMBER);
        assertThat(store.history(C1, 1, 2, 1).getFirst().version()).isEqualTo(1);
    }

    @Test
    void message_is_found_by_its_id_also_among_many_of_the_same_millisecond() {
        group(C1, ALICE, BOB);
        List<Sent> sent = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            if (i % 20 == 0) {
                time.advance(1);
            }
            sent.add(send(C1, ALICE, "m" + i));
        }

        assertThat(sent)
                .allSatisfy(one -> assertThat(store.seqOf(C1, one.message())).contains(one.seq()));
        assertThat(store.seqOf(C2, sent.getFirst().message())).isEmpty();
        assertThat(store.seqOf(C1, MessageId.at(time.millis(), new java.util.SplittableRandom(9))))
                .isEmpty();
    }

    private static Change edit(MessageId message, String localId, String content) {
        return new Change(C1, ALICE, IPHONE, new LocalId(localId), message, Optional.of(content));
    }

    private static Change recall(MessageId message, String localId) {
        return new Change(C1, ALICE, IPHONE, new LocalId(localId), message, Optional.empty());
    }

    // -------------------------------------------------------------------------------------------------- delivered marks

    @Test
    void sender_is_told_of_delivery_once_and_of_the_newest_place() {
        group(C1, ALICE, BOB);
        send(C1, ALICE, 3);
        Cursor before = store.head(ALICE);

        deliver(BOB, IPHONE, C1, 1);
        time.advance(5);
        deliver(BOB, IPAD, C1, 3);
        deliver(BOB, IPHONE, C1, 2);
        deliver(BOB, IPHONE, C1, 3);

        Receipt receipt = onlyReceipt(ALICE, before);
        assertThat(receipt.status()).isEqualTo(Receipt.Status.DELIVERED);
        assertThat(receipt.user()).isEqualTo(BOB);
        assertThat(receipt.device()).isEqualTo(IPAD);
        assertThat(receipt.seq()).isEqualTo(3);
        assertThat(receipt.atMs()).isEqualTo(time.millis());
        assertThat(receipt.message()).isEqualTo(store.history(C1, 3, 4, 1).getFirst().id());
        assertThat(store.head(ALICE).delivered()).isEqualTo(before.delivered() + 2);
    }

    @Test
    void only_senders_of_newly_covered_messages_are_told() {
        group(C1, ALICE, BOB, CAROL);
        send(C1, ALICE, "1");
        send(C1, CAROL, "1");
        deliver(BOB, IPHONE, C1, 1);
        Cursor alice = store.head(ALICE);
        Cursor carol = store.head(CAROL);

        deliver(BOB, IPHONE, C1, 2);

        assertThat(receipts(ALICE, alice)).isEmpty();
        assertThat(receipts(CAROL, carol)).hasSize(1);
    }

    @Test
    void delivery_of_ones_own_message_to_ones_other_device_tells_nobody() {
        group(C1, ALICE, BOB);
        send(C1, ALICE, "1");
        Cursor before = store.head(ALICE);

        deliver(ALICE, IPAD, C1, 1);

        assertThat(entries(ALICE, before)).isEmpty();
    }

    @Test
    void mark_past_the_head_is_refused_and_one_of_a_left_conversation_passed_over() {
        group(C1, ALICE, BOB);
        send(C1, ALICE, "1");
        Acknowledgement pastHead =
                new Acknowledgement(BOB, IPHONE, Optional.empty(), List.of(new Mark(C1, 2)));
        assertThat(code(store.acknowledge(pastHead).join())).isEqualTo(Code.NOT_SENT);
        assertThat(code(store.read(new Reading(BOB, IPHONE, C1, 2, 0)))).isEqualTo(Code.NOT_SENT);

        store.removeMember(C1, BOB).orRefuse();
        Cursor before = store.head(ALICE);
        deliver(BOB, IPHONE, C1, 1);
        deliver(BOB, IPHONE, C2, 1);

        assertThat(receipts(ALICE, before)).isEmpty();
        assertThat(code(store.read(new Reading(BOB, IPHONE, C1, 1, 0))))
                .isEqualTo(Code.NOT_A_MEMBER);
    }

    @Test
    void large_conversation_keeps_receipts_and_tells_nobody() {
        reopen(limits.with("receiptMembers", 2));
        group(C1, ALICE, BOB, CAROL);
        Sent sent = send(C1, ALICE, "1");
        Cursor before = store.head(ALICE);

        read(BOB, IPHONE, C1, 1);

        assertThat(entries(ALICE, before)).isEmpty();
        assertThat(state(ALICE, C1).members()).isEmpty();
        assertThat(state(ALICE, C1).memberCount()).isEqualTo(3);
        MessageStatus status = store.status(C1, sent.seq()).orElseThrow();
        assertThat(status.members())
                .filteredOn(member -> member.user().equals(BOB))
                .allSatisfy(member -> assertThat(member.readAtMs()).isPresent());
    }

    // ------------------------------------------------------------------------------------------------------- read marks

    @Test
    void reading_tells_the_sender_and_ones_own_devices_and_implies_delivery() {
        group(C1, ALICE, BOB);
        store.connect(BOB, device(IPHONE), time.millis()).orRefuse();
        send(C1, ALICE, 3);
        Cursor alice = store.head(ALICE);
        Cursor bob = store.head(BOB);

        read(BOB, IPHONE, C1, 2);

        Receipt receipt = onlyReceipt(ALICE, alice);
        assertThat(receipt.status()).isEqualTo(Receipt.Status.READ);
        assertThat(receipt.seq()).isEqualTo(2);
        Entry.ReadHere here = (Entry.ReadHere) entries(BOB, bob).getFirst();
        assertThat(here.seq()).isEqualTo(2);
        assertThat(here.unread()).isEqualTo(1);
        assertThat(here.headSeq()).isEqualTo(3);
        assertThat(here.device().map(Device::platform)).contains(Device.Platform.IOS);
        ConversationState.MemberReceipt marks = state(ALICE, C1).receipts().getFirst();
        assertThat(marks.deliveredSeq()).isEqualTo(2);
        assertThat(marks.readSeq()).isEqualTo(2);
    }

    @Test
    void read_mark_never_moves_back_and_each_device_keeps_its_own() {
        group(C1, ALICE, BOB);
        store.connect(BOB, device(IPHONE), time.millis()).orRefuse();
        store.connect(BOB, device(IPAD), time.millis()).orRefuse();
        send(C1, ALICE, 5);
        read(BOB, IPHONE, C1, 5);
        Cursor alice = store.head(ALICE);
        Cursor bob = store.head(BOB);

        read(BOB, IPAD, C1, 3);
        read(BOB, IPHONE, C1, 1);

        assertThat(receipts(ALICE, alice)).isEmpty();
        ConversationState state = state(BOB, C1);
        assertThat(state.readSeq()).isEqualTo(5);
        assertThat(state.unread()).isZero();
        assertThat(state.devices())
                .containsOnly(
                        Map.entry(IPHONE, new DeviceMark(5, time.millis(), 0)),
                        Map.entry(IPAD, new DeviceMark(3, time.millis(), 2)));
        assertThat(entries(BOB, bob))
                .singleElement()
                .satisfies(entry -> {
                    Entry.ReadHere here = (Entry.ReadHere) entry;
                    assertThat(here.deviceId()).isEqualTo(IPAD);
                    assertThat(here.seq()).isEqualTo(3);
                    assertThat(here.unread()).isZero();
                });
    }

    @Test
    void reads_of_two_devices_are_two_entries_and_of_one_device_one() {
        group(C1, ALICE, BOB);
        send(C1, ALICE, 5);
        Cursor bob = store.head(BOB);

        read(BOB, IPHONE, C1, 1);
        read(BOB, IPAD, C1, 2);
        read(BOB, IPHONE, C1, 3);

        assertThat(entries(BOB, bob))
                .extracting(entry -> ((Entry.ReadHere) entry).seq())
                .containsExactly(2L, 3L);
    }

    @Test
    void earliest_read_wins_whichever_came_first() {
        group(C1, ALICE, BOB);
        Sent sent = send(C1, ALICE, "1");
        long now = time.millis();
        read(BOB, IPHONE, C1, 1, now - 1_000);
        Cursor before = store.head(ALICE);

        read(BOB, IPAD, C1, 1, now - 5_000);

        assertThat(onlyReceipt(ALICE, before).atMs()).isEqualTo(now - 5_000);
        assertThat(readAt(sent)).hasValue(now - 5_000);
    }

    @Test
    void last_writer_wins_where_so_configured() {
        readTime = ReadTime.LAST_WRITER_WINS;
        reopen();
        group(C1, ALICE, BOB);
        Sent sent = send(C1, ALICE, "1");
        long now = time.millis();

        read(BOB, IPHONE, C1, 1, now - 5_000);
        read(BOB, IPAD, C1, 1, now - 1_000);

        assertThat(readAt(sent)).hasValue(now - 1_000);
    }

    @Test
    void message_keeps_the_time_at_which_it_was_read_when_the_mark_goes_on() {
        group(C1, ALICE, BOB);
        send(C1, ALICE, 43);
        long ten = time.millis();
        read(BOB, IPHONE, C1, 37, ten);
        time.advance(31 * 60_000L);
        read(BOB, IPHONE, C1, 43);

        assertThat(readAt(store.status(C1, 37).orElseThrow())).hasValue(ten);
        assertThat(readAt(store.status(C1, 43).orElseThrow())).hasValue(time.millis());
    }

    @Test
    void read_in_the_future_counts_as_now() {
        group(C1, ALICE, BOB);
        Sent sent = send(C1, ALICE, "1");

        read(BOB, IPHONE, C1, 1, time.millis() + 60_000);

        assertThat(readAt(sent)).hasValue(time.millis());
    }

    @Test
    void hundreds_of_advances_keep_the_last_hundred() {
        group(C1, ALICE, BOB);
        send(C1, ALICE, 250);
        for (int seq = 1; seq <= 250; seq++) {
            time.advance(1);
            read(BOB, IPHONE, C1, seq);
        }

        assertThat(readAt(store.status(C1, 200).orElseThrow())).hasValue(time.millis() - 50);
        assertThat(readAt(store.status(C1, 1).orElseThrow())).hasValue(time.millis());
    }

    @Test
    void sending_reads_only_what_the_sender_says_was_on_the_screen() {
        group(C1, ALICE, BOB);
        send(C1, ALICE, 5);

        trySend(draft(C1, BOB, IPHONE, "old", "written at nine", 0)).orRefuse();
        assertThat(state(BOB, C1).unread()).isEqualTo(5);

        trySend(draft(C1, BOB, IPHONE, "new", "having seen three", 3)).orRefuse();
        assertThat(state(BOB, C1).readSeq()).isEqualTo(3);
        assertThat(state(BOB, C1).unread()).isEqualTo(2);

        trySend(draft(C1, BOB, IPHONE, "lie", "having seen the future", 1_000)).orRefuse();
        assertThat(state(BOB, C1).readSeq()).isEqualTo(7);
        assertThat(state(BOB, C1).unread()).isZero();
    }

    @Test
    void own_messages_are_never_unread_and_recalled_ones_keep_their_place() {
        group(C1, ALICE, BOB);
        send(C1, BOB, "1");
        Sent sent = send(C1, ALICE, "1");
        send(C1, ALICE, "2");
        store.change(recall(sent.message(), "r")).orRefuse();

        assertThat(state(BOB, C1).unread()).isEqualTo(2);
        assertThat(state(ALICE, C1).unread()).isEqualTo(1);
    }

    @Test
    void unread_stops_counting_at_999() {
        group(C1, ALICE, BOB);
        send(C1, ALICE, 1_005);

        assertThat(state(BOB, C1).unread()).isEqualTo(999);
    }

    @Test
    void marks_survive_a_restart() {
        group(C1, ALICE, BOB);
        send(C1, ALICE, 5);
        read(BOB, IPHONE, C1, 4);

        reopen();

        assertThat(state(BOB, C1).readSeq()).isEqualTo(4);
        read(BOB, IPHONE, C1, 2);
        assertThat(state(BOB, C1).readSeq()).isEqualTo(4);
    }

    private OptionalLong readAt(Sent sent) {
        return readAt(store.status(C1, sent.seq()).orElseThrow());
    }

    private static OptionalLong readAt(MessageStatus status) {
        return status.members().getFirst().readAtMs();
    }

    @Test
    void status_tells_per_member_and_device_and_leaves_out_those_who_joined_later() {
        group(C1, ALICE, BOB);
        Sent sent = send(C1, ALICE, "1");
        store.putMember(C1, CAROL).orRefuse();
        deliver(BOB, IPAD, C1, 1);
        time.advance(10);
        read(BOB, IPHONE, C1, 1);

        MessageStatus status = store.status(C1, sent.seq()).orElseThrow();

        assertThat(status.members())
                .extracting(MessageStatus.MemberStatus::user)
                .containsExactly(BOB);
        MessageStatus.MemberStatus bob = status.members().getFirst();
        assertThat(bob.deliveredAtMs()).hasValue(time.millis() - 10);
        assertThat(bob.readAtMs()).hasValue(time.millis());
        assertThat(bob.devices())
                .containsExactlyInAnyOrder(
                        new MessageStatus.DeviceStatus(
                                IPAD, OptionalLong.of(time.millis() - 10), OptionalLong.empty()),
                        new MessageStatus.DeviceStatus(
                                IPHONE,
                                OptionalLong.of(time.millis()),
                                OptionalLong.of(time.millis())));
        assertThat(store.status(C1, 99)).isEmpty();
    }

    // ---------------------------------------------------------------------------------------------------- conversations

    @Test
    void creating_a_conversation_again_changes_nothing() {
        group(C1, ALICE, BOB);
        Cursor before = store.head(ALICE);

        group(C1, BOB, ALICE);

        assertThat(entries(ALICE, before)).isEmpty();
    }

    @Test
    void direct_conversation_of_two_is_one_and_the_same() {
        put(C1, Kind.DIRECT, "", History.FROM_JOIN, ALICE, BOB).orRefuse();
        put(C1, Kind.DIRECT, "", History.FROM_JOIN, BOB, ALICE).orRefuse();

        Outcome<Conversation> second = put(C2, Kind.DIRECT, "", History.FROM_JOIN, BOB, ALICE);
        assertThat(code(second)).isEqualTo(Code.CONFLICT);
        assertThat(((Denied<?>) second).refusal().reason()).contains("c1");
        assertThat(code(put(C1, Kind.DIRECT, "", History.FROM_JOIN, ALICE, CAROL)))
                .isEqualTo(Code.CONFLICT);
        assertThat(code(put(C1, Kind.GROUP, "", History.FROM_JOIN, ALICE, BOB)))
                .isEqualTo(Code.CONFLICT);
        assertThat(code(put(C2, Kind.DIRECT, "", History.FROM_JOIN, ALICE)))
                .isEqualTo(Code.INVALID_FIELD);
        assertThat(code(store.putMember(C1, CAROL))).isEqualTo(Code.CONFLICT);
        assertThat(code(store.removeMember(C1, BOB))).isEqualTo(Code.CONFLICT);
    }

    @Test
    void new_member_sees_from_its_join_on_and_has_nothing_unread() {
        group(C1, ALICE, BOB);
        send(C1, ALICE, 3);
        store.putMember(C1, CAROL).orRefuse();
        send(C1, ALICE, "after");

        ConversationState state = state(CAROL, C1);
        assertThat(state.sinceSeq()).isEqualTo(4);
        assertThat(state.recent()).extracting(Message::seq).containsExactly(4L);
        assertThat(state.unread()).isEqualTo(1);
        assertThat(store.member(C1, CAROL).orElseThrow().sinceSeq()).isEqualTo(4);
    }

    @Test
    void new_member_of_an_open_conversation_sees_everything_and_has_nothing_unread() {
        put(C1, Kind.GROUP, "", History.ALL, ALICE, BOB).orRefuse();
        send(C1, ALICE, 3);

        store.putMember(C1, CAROL).orRefuse();

        assertThat(state(CAROL, C1).recent()).hasSize(3);
        assertThat(state(CAROL, C1).unread()).isZero();
    }

    @Test
    void removed_member_gets_nothing_that_is_decided_afterwards() {
        group(C1, ALICE, BOB);
        Cursor before = store.head(BOB);
        send(C1, ALICE, "1");
        assertThat(store.removeMember(C1, BOB).orRefuse().value()).isTrue();
        assertThat(store.removeMember(C1, BOB).orRefuse().value()).isFalse();
        Kept<Sent> afterwards = trySend(draft(C1, ALICE, "2")).orRefuse();

        assertThat(afterwards.appended()).extracting(Appended::user).containsExactly(ALICE);
        assertThat(entries(BOB, before)).containsExactly(new Entry.Left(C1));
        assertThat(store.state(BOB, C1, 0)).isEmpty();
        assertThat(store.member(C1, BOB)).isEmpty();
        assertThat(store.conversations(BOB, Optional.empty(), 10)).isEmpty();
        assertThat(store.newest(BOB, 10)).isEmpty();
    }

    @Test
    void member_who_comes_back_sees_from_the_second_join_on() {
        group(C1, ALICE, BOB);
        Cursor before = store.head(BOB);
        send(C1, ALICE, "1");
        read(BOB, IPHONE, C1, 1);
        store.removeMember(C1, BOB).orRefuse();
        send(C1, ALICE, "2");
        store.putMember(C1, BOB).orRefuse();
        send(C1, ALICE, "3");

        assertThat(seqs(BOB, before)).containsExactly(3L);
        assertThat(entries(BOB, before))
                .first()
                .isInstanceOfSatisfying(
                        Entry.Joined.class,
                        joined -> assertThat(joined.state().sinceSeq()).isEqualTo(3));
        assertThat(state(BOB, C1).unread()).isEqualTo(1);
        assertThat(store.status(C1, 2).orElseThrow().members()).isEmpty();
    }

    @Test
    void the_others_are_told_of_titles_and_members_once() {
        group(C1, ALICE, BOB);
        Cursor before = store.head(ALICE);

        put(C1, Kind.GROUP, "Weekend", History.FROM_JOIN, ALICE, BOB).orRefuse();
        store.putMember(C1, CAROL).orRefuse();
        store.putMember(C1, CAROL).orRefuse();

        assertThat(entries(ALICE, before))
                .singleElement()
                .isInstanceOfSatisfying(
                        Entry.Restated.class,
                        restated -> {
                            assertThat(restated.state().conversation().title())
                                    .isEqualTo("Weekend");
                            assertThat(restated.state().memberCount()).isEqualTo(3);
                            assertThat(restated.state().recent()).isEmpty();
                        });
    }

    @Test
    void putting_a_conversation_makes_its_members_what_was_said() {
        group(C1, ALICE, BOB);
        Cursor bob = store.head(BOB);

        group(C1, ALICE, CAROL);

        assertThat(entries(BOB, bob)).containsExactly(new Entry.Left(C1));
        assertThat(state(CAROL, C1).memberCount()).isEqualTo(2);
    }

    @Test
    void conversation_has_no_more_members_than_allowed() {
        reopen(limits.with("members", 2));
        group(C1, ALICE, BOB);

        assertThat(code(store.putMember(C1, CAROL))).isEqualTo(Code.CONFLICT);
        assertThat(code(put(C2, Kind.GROUP, "", History.ALL, ALICE, BOB, CAROL)))
                .isEqualTo(Code.CONFLICT);
        assertThat(code(store.putMember(C2, CAROL))).isEqualTo(Code.NO_SUCH_CONVERSATION);
    }

    @Test
    void conversations_are_listed_by_id_and_by_newest_change() {
        List<String> ids = IntStream.range(0, 25).mapToObj(i -> "c-%02d".formatted(i)).toList();
        ids.forEach(id -> group(new ConversationId(id), ALICE, BOB));
        send(new ConversationId("c-07"), BOB, "1");
        send(new ConversationId("c-03"), BOB, "1");

        assertThat(store.newest(ALICE, 3))
                .extracting(ConversationId::value)
                .containsExactly("c-03", "c-07", "c-24");
        List<ConversationId> first = store.conversations(ALICE, Optional.empty(), 20);
        List<ConversationId> rest = store.conversations(ALICE, Optional.of(first.getLast()), 20);
        assertThat(first).hasSize(20);
        assertThat(rest).extracting(ConversationId::value).startsWith("c-20").hasSize(5);
        assertThat(store.acquainted(ALICE, BOB)).isTrue();
        assertThat(store.acquainted(ALICE, CAROL)).isFalse();
    }

    @Test
    void recent_messages_are_cut_by_number_and_by_bytes() {
        group(C1, ALICE, BOB);
        for (int i = 0; i < 60; i++) {
            trySend(draft(C1, ALICE, IPHONE, "m" + i, "x".repeat(1_000), 0)).orRefuse();
        }

        assertThat(state(BOB, C1).recent().size()).isBetween(30, 50);
        List<Message> few = store.state(BOB, C1, 5_000).orElseThrow().recent();
        assertThat(few.getLast().seq()).isEqualTo(60);
        assertThat(few.size()).isBetween(2, 4);
        assertThat(store.state(BOB, C1, 0).orElseThrow().recent()).isEmpty();
    }

    // ---------------------------------------------------------------------------------------------------------- the log

    @Test
    void reading_in_pages_gives_everything_once_and_in_order() {
        group(C1, ALICE, BOB);
        Cursor at = store.head(BOB);
        send(C1, ALICE, 100);
        List<Long> seqs = new ArrayList<>();

        boolean more = true;
        while (more) {
            LogRead.Page page =
                    (LogRead.Page) store.read(BOB, at, Set.of(Track.CHANGES), 7, ALL_BYTES);
            page.entries().forEach(entry -> seqs.add(((Entry.Added) entry).message().seq()));
            assertThat(page.entries().size()).isLessThanOrEqualTo(7);
            at = page.next();
            more = page.more();
        }

        assertThat(seqs).containsExactlyElementsOf(LongStream.rangeClosed(1, 100).boxed().toList());
        assertThat(at.changes()).isEqualTo(store.head(BOB).changes());
    }

    @Test
    void page_is_cut_by_bytes_but_holds_at_least_one_entry() {
        group(C1, ALICE, BOB);
        Cursor at = store.head(BOB);
        send(C1, ALICE, 3);

        LogRead.Page page = (LogRead.Page) store.read(BOB, at, Set.of(Track.CHANGES), 10, 1);

        assertThat(page.entries()).hasSize(1);
        assertThat(page.more()).isTrue();
    }

    @Test
    void tracks_are_read_separately_and_none_moves_the_others() {
        group(C1, ALICE, BOB);
        Cursor at = store.head(ALICE);
        send(C1, ALICE, 3);
        deliver(BOB, IPHONE, C1, 3);
        read(BOB, IPHONE, C1, 3);

        LogRead.Page changes = page(ALICE, at, Track.CHANGES);
        LogRead.Page reads = page(ALICE, at, Track.READ);

        assertThat(changes.entries()).hasSize(3);
        assertThat(changes.next().delivered()).isEqualTo(at.delivered());
        assertThat(changes.next().read()).isEqualTo(at.read());
        assertThat(reads.entries()).hasSize(1);
        assertThat(reads.next().changes()).isEqualTo(at.changes());
        assertThat(store.countPast(ALICE, at)).isEqualTo(5);
        assertThat(page(ALICE, at, Track.values()).entries()).hasSize(5);
    }

    @Test
    void cursor_at_the_head_of_an_empty_log_is_good() {
        Cursor nobody = store.head(CAROL);

        assertThat(store.reaches(CAROL, nobody)).isTrue();
        group(C1, ALICE, CAROL);
        assertThat(entries(CAROL, nobody)).hasSize(1);
        assertThat(store.reaches(CAROL, nobody)).isTrue();
    }

    @Test
    void cursor_from_before_a_restart_goes_on() {
        group(C1, ALICE, BOB);
        Cursor before = store.head(BOB);
        send(C1, ALICE, "1");
        reopen();
        send(C1, ALICE, "2");

        assertThat(seqs(BOB, before)).containsExactly(1L, 2L);
    }

    @Test
    void cursor_that_was_never_given_out_is_lost() {
        group(C1, ALICE, BOB);
        Cursor head = store.head(BOB);
        Cursor foreign =
                new Cursor(
                        new dev.bocau.model.Commit(12345, head.commit().number()),
                        head.changes(),
                        0,
                        0);
        Cursor future =
                new Cursor(
                        new dev.bocau.model.Commit(
                                head.commit().start(), head.commit().number() + 1),
                        head.changes(),
                        0,
                        0);
        Cursor beyond = new Cursor(head.commit(), head.changes() + 1, 0, 0);

        assertThat(store.reaches(BOB, foreign)).isFalse();
        assertThat(store.reaches(BOB, future)).isFalse();
        assertThat(store.reaches(BOB, beyond)).isFalse();
        assertThat(store.read(BOB, foreign, Set.of(Track.CHANGES), 10, 10))
                .isInstanceOf(LogRead.Lost.class);
    }

    @Test
    void passing_entries_delivers_the_newest_message_of_each_conversation() {
        group(C1, ALICE, BOB);
        group(C2, ALICE, BOB);
        Cursor from = store.head(BOB);
        send(C1, ALICE, 3);
        send(C2, ALICE, 2);
        Cursor to = store.head(BOB);
        send(C1, ALICE, "more");

        assertThat(store.passed(BOB, Optional.of(from), to))
                .containsExactlyInAnyOrder(new Mark(C1, 3), new Mark(C2, 2));
        assertThat(store.passed(BOB, Optional.of(to), to)).isEmpty();
        assertThat(store.passed(BOB, Optional.empty(), to))
                .containsExactlyInAnyOrder(new Mark(C1, 3), new Mark(C2, 2));
    }

    // ---------------------------------------------------------------------------------------------------------- devices

    @Test
    void device_is_registered_once_and_its_cursor_kept() {
        Connected first = store.connect(ALICE, device(IPHONE), time.millis()).orRefuse().value();
        assertThat(first.cursor()).isEmpty();
        assertThat(first.lastSyncAtMs()).isZero();
        Position cursor = store.head(ALICE);
        store.acknowledge(new Acknowledgement(ALICE, IPHONE, Optional.of(cursor), List.of()))
                .join()
                .orRefuse();
        long storedAt = time.millis();
        time.advance(120_000);

        Connected again = store.connect(ALICE, device(IPHONE), time.millis()).orRefuse().value();

        assertThat(again.cursor()).contains(cursor);
        assertThat(again.lastSyncAtMs()).isEqualTo(storedAt);
        assertThat(store.devices(ALICE))
                .singleElement()
                .satisfies(known -> {
                    assertThat(known.device().id()).isEqualTo(IPHONE);
                    assertThat(known.lastActiveAtMs()).isEqualTo(time.millis());
                    assertThat(known.createdAtMs()).isEqualTo(storedAt);
                });
    }

    @Test
    void device_ids_of_different_users_have_nothing_to_do_with_each_other() {
        Device pushed =
                new Device(
                        IPHONE,
                        Device.Type.MOBILE,
                        Device.Platform.IOS,
                        "1.0",
                        "alice's push token");
        store.connect(ALICE, pushed, time.millis()).orRefuse();
        store.connect(BOB, device(IPHONE), time.millis()).orRefuse();
        store.acknowledge(
                        new Acknowledgement(
                                ALICE, IPHONE, Optional.of(store.head(ALICE)), List.of()))
                .join();

        assertThat(store.connect(BOB, device(IPHONE), time.millis()).orRefuse().value().cursor())
                .isEmpty();
        assertThat(store.devices(BOB).getFirst().device().pushToken()).isNull();
        store.signOut(BOB, IPHONE).orRefuse();
        assertThat(store.devices(ALICE)).hasSize(1);
    }

    @Test
    void signed_out_device_comes_back_only_with_a_newer_token() {
        store.connect(ALICE, device(IPHONE), time.millis()).orRefuse();
        long issued = time.millis();
        time.advance(1_000);

        assertThat(store.signOut(ALICE, IPHONE).orRefuse().value()).isTrue();
        assertThat(store.signOut(ALICE, IPHONE).orRefuse().value()).isFalse();

        assertThat(store.devices(ALICE)).isEmpty();
        assertThat(code(store.connect(ALICE, device(IPHONE), issued))).isEqualTo(Code.SIGNED_OUT);
        reopen();
        assertThat(code(store.connect(ALICE, device(IPHONE), issued))).isEqualTo(Code.SIGNED_OUT);
        time.advance(1_000);
        Connected back = store.connect(ALICE, device(IPHONE), time.millis()).orRefuse().value();
        assertThat(back.cursor()).isEmpty();
    }

    @Test
    void user_has_no_more_devices_than_allowed() {
        reopen(limits.with("devicesPerUser", 2));
        store.connect(ALICE, device(IPHONE), time.millis()).orRefuse();
        store.connect(ALICE, device(IPAD), time.millis()).orRefuse();
        Device third = device(new DeviceId("third"));

        assertThat(code(store.connect(ALICE, third, time.millis())))
                .isEqualTo(Code.TOO_MANY_DEVICES);
        store.connect(ALICE, device(IPAD), time.millis()).orRefuse();
        store.signOut(ALICE, IPAD).orRefuse();
        store.connect(ALICE, third, time.millis()).orRefuse();
        assertThat(store.devices(ALICE))
                .extracting(known -> known.device().id())
                .containsExactly(IPHONE, third.id());
    }

    @Test
    void user_has_a_name_when_given_one() {
        assertThat(store.userName(ALICE)).isEmpty();
        store.putUser(ALICE, "Alice Nguyễn").orRefuse();
        reopen();
        assertThat(store.userName(ALICE)).contains("Alice Nguyễn");
    }

    // ---------------------------------------------------------------------------------------------------------- itself

    @Test
    void many_threads_at_once_leave_no_hole_and_no_double() {
        int senders = 8;
        int each = 200;
        UserId[] users =
                IntStream.range(0, senders)
                        .mapToObj(i -> new UserId("u" + i))
                        .toArray(UserId[]::new);
        group(C1, users);
        Cursor from = store.head(users[0]);

        List<Thread> threads =
                IntStream.range(0, senders)
                        .mapToObj(u ->
                                Thread.startVirtualThread(() -> {
                                    for (int i = 0; i < each; i++) {
                                        trySend(draft(C1, users[u], "m" + i)).orRefuse();
                                    }
                                }))
                        .toList();
        for (Thread thread : threads) {
            join(thread);
        }

        List<Long> seqs = seqs(users[0], from);
        assertThat(seqs)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, (long) senders * each).boxed().toList());
        Set<String> names = new HashSet<>();
        store.history(C1, 1, Long.MAX_VALUE, senders * each)
                .forEach(m -> names.add(m.sender() + "/" + m.localId()));
        assertThat(names).hasSize(senders * each);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    protected static long days(int days) {
        return days * 24L * 60 * 60 * 1_000;
    }
}
