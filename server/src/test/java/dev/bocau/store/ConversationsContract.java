package dev.bocau.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.model.Appended;
import dev.bocau.model.Code;
import dev.bocau.model.Conversation;
import dev.bocau.model.Conversation.History;
import dev.bocau.model.Conversation.Kind;
import dev.bocau.model.ConversationId;
import dev.bocau.model.ConversationState;
import dev.bocau.model.Entry;
import dev.bocau.model.Message;
import dev.bocau.model.Position.Cursor;
import dev.bocau.store.Outcome.Denied;
import dev.bocau.store.Outcome.Kept;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Who is in a conversation and what they see of it.
public abstract class ConversationsContract extends StoreContract {

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

    /// Found by simulation: what was sent while the user was no member is in nobody's log for it,
    /// so the messages before and after would have left a hole between them.
    @Test
    void messages_from_before_a_join_are_no_entries_even_where_all_history_is_seen() {
        put(C1, Kind.GROUP, "", History.ALL, ALICE, BOB).orRefuse();
        Cursor before = store.head(BOB);
        send(C1, ALICE, "1");
        store.removeMember(C1, BOB).orRefuse();
        send(C1, ALICE, "2");
        store.putMember(C1, BOB).orRefuse();
        send(C1, ALICE, "3");

        assertThat(seqs(BOB, before)).containsExactly(3L);
        assertThat(state(BOB, C1).recent()).hasSize(3);
        assertThat(state(BOB, C1).sinceSeq()).isEqualTo(1);
    }
}
