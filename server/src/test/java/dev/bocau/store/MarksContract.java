package dev.bocau.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.model.Code;
import dev.bocau.model.ConversationState;
import dev.bocau.model.ConversationState.DeviceMark;
import dev.bocau.model.Device;
import dev.bocau.model.Entry;
import dev.bocau.model.Mark;
import dev.bocau.model.Position.Cursor;
import dev.bocau.model.ReadTime;
import dev.bocau.model.Receipt;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// Delivered and read marks, and what is derived from them.
public abstract class MarksContract extends StoreContract {

    @Test
    void sender_is_told_of_delivery_once_and_of_the_newest_place() {
        group(C1, ALICE, BOB);
        send(C1, ALICE, 3);
        Cursor before = store.head(ALICE);

        deliver(BOB, IPHONE, C1, 1);
        time.advance(5);
        long secondMs = time.millis();
        deliver(BOB, IPAD, C1, 3);
        long thirdMs = time.millis();
        deliver(BOB, IPHONE, C1, 2);
        deliver(BOB, IPHONE, C1, 3);

        Receipt receipt = onlyReceipt(ALICE, before);
        assertThat(receipt.status()).isEqualTo(Receipt.Status.DELIVERED);
        assertThat(receipt.user()).isEqualTo(BOB);
        assertThat(receipt.device()).isEqualTo(IPAD);
        assertThat(receipt.seq()).isEqualTo(3);
        assertThat(receipt.atMs()).isBetween(secondMs, thirdMs);
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
                new Acknowledgement(BOB, IPHONE, 0, Optional.empty(), List.of(new Mark(C1, 2)));
        assertThat(code(acknowledge(pastHead))).isEqualTo(Code.NOT_SENT);
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
                .containsOnly(Map.entry(IPHONE, mark(5, 0)), Map.entry(IPAD, mark(3, 2)));
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

    @Test
    void what_a_device_has_read_was_delivered_to_it_by_then() {
        group(C1, ALICE, BOB);
        Sent sent = send(C1, ALICE, "1");
        read(BOB, IPHONE, C1, 1);
        OptionalLong readAt = OptionalLong.of(time.millis());
        time.advance(10);
        deliver(BOB, IPHONE, C1, 1);

        assertThat(store.status(C1, sent.seq()).orElseThrow().members().getFirst().devices())
                .containsExactly(new MessageStatus.DeviceStatus(IPHONE, readAt, readAt));
    }

    private DeviceMark mark(long seq, int unread) {
        return new DeviceMark(seq, time.millis(), unread, Device.Type.MOBILE, Device.Platform.IOS);
    }
}
