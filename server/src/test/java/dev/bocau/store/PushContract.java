package dev.bocau.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.model.Code;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Entry;
import dev.bocau.model.Position.Cursor;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Push tokens, how far pushing has come, and what needs no push.
public abstract class PushContract extends StoreContract {

    private long connect(UserId user, DeviceId id, @Nullable String token) {
        Device device = device(id).withPushToken(token);
        return store.connect(user, device, time.millis()).orRefuse().value().session();
    }

    private Optional<String> token(UserId user, DeviceId device) {
        return store.pushTarget(user, device).map(target -> target.device().pushToken());
    }

    private static Pushed pushed(long toSeq, String answer) {
        return new Pushed(C1, 1, toSeq, 5, answer, true);
    }

    @Test
    void pushing_begins_at_the_head_when_a_token_is_said_for_the_first_time() {
        group(C1, ALICE, BOB);
        send(C1, ALICE, "one");
        connect(BOB, IPHONE, null);
        assertThat(store.pushTargets(BOB)).isEmpty();
        assertThat(store.pushTarget(BOB, IPHONE)).isEmpty();
        Cursor head = store.head(BOB);

        connect(BOB, IPHONE, "a token");
        send(C1, ALICE, "two");

        PushTarget target = store.pushTargets(BOB).getFirst();
        assertThat(target.device().pushToken()).isEqualTo("a token");
        assertThat(target.mark().through().changes()).isEqualTo(head.changes());
        assertThat(target.mark().newest()).isEmpty();
        assertThat(store.pushTarget(BOB, IPHONE)).contains(target);
        assertThat(page(BOB, target.mark().through(), Track.CHANGES).entries())
                .singleElement()
                .isInstanceOfSatisfying(
                        Entry.Added.class, entry -> assertThat(entry.message().seq()).isEqualTo(2));
    }

    @Test
    void mark_and_what_was_acknowledged_are_told_together() {
        group(C1, ALICE, BOB);
        long session = connect(BOB, IPHONE, "a token");
        send(C1, ALICE, "one");
        Cursor head = store.head(BOB);
        acknowledge(new Acknowledgement(BOB, IPHONE, session, Optional.of(head), List.of()))
                .orRefuse();
        PushMark mark = new PushMark(head, 7, List.of(pushed(1, "web 201"), pushed(2, "no")));

        assertThat(store.pushed(BOB, IPHONE, "a token", mark).orRefuse().value()).isTrue();

        PushTarget target = store.pushTarget(BOB, IPHONE).orElseThrow();
        assertThat(target.acknowledged().map(at -> at.head().changes())).contains(head.changes());
        assertThat(target.mark().through().changes()).isEqualTo(head.changes());
        assertThat(target.mark().doneUpToMs()).isEqualTo(7);
        assertThat(target.mark().newest()).isEqualTo(mark.newest());
        connect(BOB, IPHONE, "a token");
        connect(BOB, IPHONE, null);
        reopen();
        assertThat(store.pushTarget(BOB, IPHONE).orElseThrow().mark().newest())
                .as("the same token is nothing new")
                .isEqualTo(mark.newest());
        assertThat(token(BOB, IPHONE)).contains("a token");
    }

    @Test
    void token_belongs_to_the_device_that_has_said_it_last() {
        connect(ALICE, IPHONE, "a token");
        connect(BOB, IPHONE, "a token");
        assertThat(token(ALICE, IPHONE)).isEmpty();
        assertThat(token(BOB, IPHONE)).contains("a token");

        connect(BOB, IPAD, "a token");
        assertThat(token(BOB, IPHONE)).isEmpty();
        assertThat(token(BOB, IPAD)).contains("a token");

        connect(ALICE, IPHONE, "a token");
        assertThat(token(BOB, IPAD)).isEmpty();
        assertThat(token(ALICE, IPHONE)).contains("a token");
        PushMark late = store.pushTarget(ALICE, IPHONE).orElseThrow().mark();
        assertThat(store.pushed(BOB, IPAD, "a token", late).orRefuse().value()).isFalse();
    }

    @Test
    void device_may_get_another_token_or_none() {
        connect(ALICE, IPHONE, "one");
        connect(ALICE, IPHONE, "two");
        assertThat(token(ALICE, IPHONE)).contains("two");
        connect(BOB, IPHONE, "one");
        assertThat(token(ALICE, IPHONE)).contains("two");
        assertThat(token(BOB, IPHONE)).contains("one");

        connect(ALICE, IPHONE, "");

        assertThat(token(ALICE, IPHONE)).isEmpty();
        assertThat(store.devices(ALICE).getFirst().device().pushToken()).isNull();
    }

    @Test
    void token_that_is_dropped_leaves_the_reason() {
        connect(ALICE, IPHONE, "one");
        PushMark why = new PushMark(store.head(ALICE), 7, List.of(pushed(1, "web 410")));

        assertThat(store.dropPushToken(ALICE, IPHONE, "another", why).orRefuse().value()).isFalse();
        assertThat(token(ALICE, IPHONE)).contains("one");
        assertThat(store.dropPushToken(ALICE, IPHONE, "one", why).orRefuse().value()).isTrue();
        assertThat(store.dropPushToken(ALICE, IPHONE, "one", why).orRefuse().value()).isFalse();

        PushTarget target = store.pushTarget(ALICE, IPHONE).orElseThrow();
        assertThat(target.device().pushToken()).isNull();
        assertThat(target.mark().newest()).isEqualTo(why.newest());
        connect(ALICE, IPHONE, "one");
        assertThat(token(ALICE, IPHONE)).contains("one");
        assertThat(store.pushTarget(ALICE, IPHONE).orElseThrow().mark().newest()).isEmpty();
    }

    @Test
    void device_that_is_signed_out_has_none() {
        connect(ALICE, IPHONE, "one");
        store.signOut(ALICE, IPHONE).orRefuse();
        assertThat(store.pushTargets(ALICE)).isEmpty();
        time.advance(1_000);

        connect(ALICE, IPHONE, null);

        assertThat(token(ALICE, IPHONE)).isEmpty();
    }

    @Test
    void users_that_can_be_pushed_to_are_found_slice_by_slice() {
        List<UserId> all =
                IntStream.range(0, 40)
                        .mapToObj(i -> new UserId("user-" + i))
                        .sorted((a, b) -> a.value().compareTo(b.value()))
                        .toList();
        all.forEach(user -> connect(user, IPHONE, "token of " + user));
        all.forEach(user -> connect(user, IPAD, "another of " + user));

        for (int slice = 0; slice < Store.PUSH_SLICES; slice++) {
            int mine = slice;
            List<UserId> expected =
                    all.stream().filter(user -> Store.pushSlice(user) == mine).toList();
            assertThat(store.pushUsers(slice, Optional.empty(), 100)).isEqualTo(expected);
            if (!expected.isEmpty()) {
                assertThat(store.pushUsers(slice, Optional.empty(), 1))
                        .containsExactly(expected.getFirst());
                assertThat(store.pushUsers(slice, Optional.of(expected.getFirst()), 100))
                        .isEqualTo(expected.subList(1, expected.size()));
            }
        }
    }

    @Test
    void muting_is_an_entry_in_ones_own_log() {
        group(C1, ALICE, BOB);
        Cursor bobs = store.head(BOB);
        Cursor alices = store.head(ALICE);

        assertThat(store.mute(BOB, C1, 99).orRefuse().value()).isEqualTo(99);
        store.mute(BOB, C1, 99).orRefuse();

        assertThat(entries(BOB, bobs))
                .singleElement()
                .isInstanceOfSatisfying(
                        Entry.Restated.class,
                        entry -> assertThat(entry.state().mutedUntilMs()).isEqualTo(99));
        assertThat(entries(ALICE, alices)).isEmpty();
        assertThat(state(BOB, C1).mutedUntilMs()).isEqualTo(99);
        assertThat(state(ALICE, C1).mutedUntilMs()).isZero();
        store.removeMember(C1, BOB).orRefuse();
        assertThat(code(store.mute(BOB, C1, 5))).isEqualTo(Code.NOT_A_MEMBER);
        store.putMember(C1, BOB).orRefuse();
        assertThat(state(BOB, C1).mutedUntilMs()).isEqualTo(99);
        store.mute(BOB, C1, 0).orRefuse();
        assertThat(state(BOB, C1).mutedUntilMs()).isZero();
    }

    @Test
    void what_is_not_read_is_told_of_all_conversations() {
        group(C1, ALICE, BOB);
        group(C2, ALICE, BOB);
        assertThat(store.unread(BOB)).isEmpty();
        send(C1, ALICE, "one");
        send(C1, ALICE, "two");
        send(C1, BOB, "own");
        send(C2, ALICE, "three");
        store.mute(BOB, C2, 99).orRefuse();

        assertThat(store.unread(BOB))
                .containsExactlyInAnyOrder(new Unread(C1, 0, 2, 0), new Unread(C2, 0, 1, 99));
        read(BOB, IPAD, C1, 1);
        read(BOB, IPAD, C2, 1);
        assertThat(store.unread(BOB)).containsExactly(new Unread(C1, 1, 1, 0));
        assertThat(store.unread(ALICE)).containsExactly(new Unread(C1, 0, 1, 0));
        store.removeMember(C1, BOB).orRefuse();
        assertThat(store.unread(BOB)).isEmpty();
    }
}
