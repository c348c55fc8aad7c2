package dev.bocau.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.model.Appended;
import dev.bocau.model.Code;
import dev.bocau.model.Entry;
import dev.bocau.model.LocalId;
import dev.bocau.model.Media;
import dev.bocau.model.MediaId;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.Position.Cursor;
import dev.bocau.model.UserId;
import dev.bocau.store.Outcome.Kept;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Sending, editing and recalling.
public abstract class MessagesContract extends StoreContract {
    private static final Media PHOTO =
            new Media(
                    new MediaId("00112233445566778899aabbccddeeff"),
                    "bồ câu.jpg",
                    "image/jpeg",
                    123_456,
                    new Media.Size(4_000, 3_000),
                    new Media.Preview("LEHV6nWB2yk8pyo0adR*.7kCMdnj", new Media.Size(480, 360)));
    private static final Media OTHER =
            new Media(
                    new MediaId("ffeeddccbbaa99887766554433221100"),
                    "x.bin",
                    "application/octet-stream",
                    1,
                    null,
                    null);

    @Test
    void message_gets_the_next_place_and_an_entry_in_the_log_of_every_member() {
        group(C1, ALICE, BOB, CAROL);
        Cursor alice = store.head(ALICE);
        Cursor bob = store.head(BOB);

        Kept<Sent> first = trySend(draft(C1, ALICE, "1")).orRefuse();
        Sent second = send(C1, BOB, "1");

        assertThat(first.value().seq()).isEqualTo(1);
        assertThat(second.seq()).isEqualTo(2);
        assertThat(first.appended())
                .extracting(Appended::user)
                .containsExactlyInAnyOrder(ALICE, BOB, CAROL);
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
        time.setClock(-60_000);

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
                                                null,
                                                0))))
                .isEqualTo(Code.LOCAL_ID_CONFLICT);
        assertThat(state(ALICE, C1).headSeq()).isEqualTo(1);
    }

    @Test
    void media_stays_with_a_message_until_it_is_recalled() {
        group(C1, ALICE, BOB);
        Draft draft = draft(C1, ALICE, "1").with(PHOTO);
        Sent sent = trySend(draft).orRefuse().value();

        assertThat(trySend(draft).orRefuse().value()).isEqualTo(sent);
        assertThat(code(trySend(draft(C1, ALICE, "1").with(OTHER))))
                .isEqualTo(Code.LOCAL_ID_CONFLICT);
        assertThat(code(trySend(draft(C1, ALICE, "1")))).isEqualTo(Code.LOCAL_ID_CONFLICT);
        assertThat(carried(sent)).isEqualTo(PHOTO);
        assertThat(state(BOB, C1).recent().getLast().media()).isEqualTo(PHOTO);

        change(sent, "2", Optional.of("a new caption"));
        assertThat(carried(sent)).isEqualTo(PHOTO);
        change(sent, "3", Optional.empty());
        assertThat(carried(sent)).isNull();
    }

    private void change(Sent sent, String localId, Optional<String> content) {
        store.change(new Change(C1, ALICE, IPHONE, new LocalId(localId), sent.message(), content))
                .orRefuse();
    }

    private @Nullable Media carried(Sent sent) {
        return store.history(C1, 1, sent.seq() + 1, 1).getFirst().media();
    }

    @Test
    void message_is_found_by_its_localId() {
        group(C1, ALICE, BOB);
        Sent first = send(C1, ALICE, "1");
        change(first, "2", Optional.of("edited"));

        assertThat(store.sent(C1, ALICE, IPHONE, new LocalId("1")))
                .hasValueSatisfying(found -> {
                    assertThat(found.id()).isEqualTo(first.message());
                    assertThat(found.content()).isEqualTo("edited");
                });
        assertThat(store.sent(C1, ALICE, IPHONE, new LocalId("2")))
                .as("under which it was edited")
                .isEmpty();
        assertThat(store.sent(C1, BOB, IPHONE, new LocalId("1"))).isEmpty();
        assertThat(store.sent(C2, ALICE, IPHONE, new LocalId("1"))).isEmpty();
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
        assertThat(edited.version()).isEqualTo(2);
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
        assertThat(store.history(C1, 1, 2, 1).getFirst().version()).isZero();
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
}
