package dev.bocau.push;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import dev.bocau.protocol.Platform;
import dev.bocau.store.LogRead;
import dev.bocau.store.PushTarget;
import dev.bocau.testing.BrowserPushService.Shown;
import dev.bocau.testing.TestDevice;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Who gets a push, and who does not.
@NullUnmarked // it is there in every test
class PushRulesTest extends PushFixture {
    private TestDevice alice;

    @BeforeEach
    void connectAlice() {
        alice = device("alice", "phone").connect();
    }

    @Test
    void device_that_is_away_gets_one_push_that_says_what_there_is() {
        away("bob", "pixel");
        alice.sent(C1, "one");
        alice.sent(C1, "two");
        passTime(limits().pushAfterMs() - 1_000L);
        assertThat(browsers.shown()).isEmpty();

        passTime(1_001);

        assertThat(browsers.shown()).hasSize(1);
        Shown push = browsers.shown().getFirst();
        assertThat(push.text("type")).isEqualTo("message");
        assertThat(push.text("conversationId")).isEqualTo(C1);
        assertThat(push.text("senderId")).isEqualTo("alice");
        assertThat(push.text("content")).isEqualTo("two");
        assertThat(push.text("count")).isEqualTo("2");
        assertThat(push.text("badge")).isEqualTo("2");
        assertThat(push.headers().getFirst("Topic")).hasSize(32);
        passTime();
        passSweep();
        assertThat(browsers.shown()).hasSize(1);
    }

    @Test
    void device_that_has_acknowledged_in_time_gets_none() {
        TestDevice bob = browser("bob", "pixel").connect();
        away("bob", "ipad");
        alice.sent(C1, "one");
        bob.awaitTexts(C1, "one");
        awaitAcknowledged(bob);

        passTime();
        passSweep();

        assertThat(browsers.shown("pixel")).isEmpty();
        assertThat(browsers.shown("ipad")).hasSize(1);
    }

    @Test
    void connected_device_that_does_not_acknowledge_gets_one() {
        TestDevice bob = browser("bob", "pixel").connect();
        settle(bob);
        bob.acknowledging(false);
        alice.sent(C1, "into a socket that is half open");
        bob.awaitTexts(C1, "into a socket that is half open");

        passTime();

        assertThat(browsers.shown("pixel")).hasSize(1);
    }

    @Test
    void device_in_the_background_gets_one_at_once_even_if_it_acknowledges() {
        TestDevice bob = browser("bob", "pixel").connect();
        bob.active(false);
        settle(bob);
        alice.sent(C1, "one");
        bob.awaitTexts(C1, "one");
        awaitAcknowledged(bob);
        house.settlePushes();
        assertThat(browsers.shown("pixel")).hasSize(1);

        bob.active(true);
        settle(bob);
        alice.sent(C1, "two");
        bob.awaitTexts(C1, "one", "two");
        awaitAcknowledged(bob);
        passTime();

        assertThat(browsers.shown("pixel")).hasSize(1);
    }

    @Test
    void device_that_goes_into_the_background_before_it_has_acknowledged_anything_gets_one() {
        TestDevice bob = browser("bob", "pixel").acknowledging(false).connect();
        bob.active(false);
        settle(bob);
        alice.sent(C1, "one");
        bob.awaitTexts(C1, "one");
        house.settlePushes();

        assertThat(browsers.shown("pixel")).hasSize(1);
    }

    @Test
    void own_devices_get_none() {
        away("alice", "ipad");
        alice.sent(C1, "one");

        passTime();
        passSweep();

        assertThat(browsers.shown()).isEmpty();
    }

    @Test
    void muted_conversation_is_silent_until_it_is_not() {
        TestDevice bob = browser("bob", "pixel").connect();
        long untilMs = house.time.millis() + 3_600_000;
        bob.mute(C1, untilMs);
        settle(bob);
        bob.disconnect();
        alice.sent(C1, "one");
        passTime();
        assertThat(browsers.shown()).isEmpty();

        house.group("c2", "alice", "bob");
        alice.sent("c2", "elsewhere");
        passTime();
        assertThat(browsers.shown()).hasSize(1);
        assertThat(browsers.shown().getFirst().text("badge")).isEqualTo("2");

        passTime(3_600_000);
        device("alice", "later").connect().sent(C1, "later");
        passTime();
        assertThat(browsers.shown()).hasSize(2);
        assertThat(browsers.shown().getLast().text("count")).isEqualTo("2");
    }

    @Test
    void what_was_read_elsewhere_before_is_not_pushed() {
        away("bob", "pixel");
        TestDevice desk = device("bob", "desk").connect();
        alice.sent(C1, "one");
        desk.awaitTexts(C1, "one");
        desk.read(C1, 1);
        settle(desk);

        passTime();

        assertThat(browsers.shown()).isEmpty();
    }

    @Test
    void what_is_read_elsewhere_afterwards_is_taken_back_once() {
        away("bob", "pixel");
        TestDevice desk = device("bob", "desk").connect();
        alice.sent(C1, "one");
        desk.awaitTexts(C1, "one");
        passTime();
        assertThat(browsers.shown()).hasSize(1);

        desk.read(C1, 1);
        settle(desk);
        passTime();
        passSweep();

        assertThat(browsers.shown()).hasSize(2);
        Shown back = browsers.shown().getLast();
        assertThat(back.text("type")).isEqualTo("taken_back");
        assertThat(back.text("conversationId")).isEqualTo(C1);
        assertThat(back.text("badge")).isEqualTo("0");
        assertThat(back.headers().getFirst("Topic"))
                .isEqualTo(browsers.shown().getFirst().headers().getFirst("Topic"));
    }

    @Test
    void recalled_message_is_not_pushed() {
        away("bob", "pixel");
        alice.recall(C1, alice.sent(C1, "a slip").getServerId());
        settle(alice);

        passTime();

        assertThat(browsers.shown()).isEmpty();
    }

    @Test
    void what_is_due_when_the_server_dies_is_pushed_after_its_restart() {
        away("bob", "pixel");
        alice.sent(C1, "one");
        alice.disconnect();
        house.restart(() -> {});
        assertThat(browsers.shown()).isEmpty();

        passSweep();
        passTime();

        assertThat(browsers.shown("pixel")).hasSize(1);
        house.restart(() -> {});
        passSweep();
        passTime();
        assertThat(browsers.shown("pixel")).hasSize(1);
    }

    @Test
    void hint_that_was_lost_costs_time_and_no_push() {
        away("bob", "pixel");
        house.hear(hint -> false);
        alice.sent(C1, "one");

        passTime();
        passSweep();
        passTime();

        assertThat(browsers.shown("pixel")).hasSize(1);
    }

    @Test
    void token_belongs_to_whoever_has_said_it_last() {
        String token = browsers.subscribe("shared");
        house.direct("c2", "alice", "carol");
        TestDevice bob = device("bob", "pixel").pushedTo(Platform.PLATFORM_WEB, token).connect();
        settle(bob);
        bob.disconnect();
        TestDevice carol = device("carol", "pixel").pushedTo(Platform.PLATFORM_WEB, token);
        carol.connect();
        settle(carol);
        carol.disconnect();

        alice.sent(C1, "for bob alone");
        alice.sent("c2", "for carol");
        passTime();
        passSweep();

        assertThat(browsers.shown()).hasSize(1);
        assertThat(browsers.shown().getFirst().text("conversationId")).isEqualTo("c2");
    }

    @Test
    void device_that_says_no_token_keeps_it_and_one_that_says_an_empty_one_loses_it() {
        away("bob", "pixel");
        TestDevice again = device("bob", "pixel").connect();
        settle(again);
        again.disconnect();
        alice.sent(C1, "one");
        passTime();
        assertThat(browsers.shown("pixel")).hasSize(1);

        TestDevice without = device("bob", "pixel").pushedTo(Platform.PLATFORM_WEB, "").connect();
        settle(without);
        without.disconnect();
        alice.sent(C1, "two");
        passTime();
        passSweep();
        assertThat(browsers.shown("pixel")).hasSize(1);
    }

    @Test
    void token_that_is_invalid_is_dropped_and_the_reason_kept() {
        away("bob", "pixel");
        browsers.answer(410, "");
        alice.sent(C1, "one");
        passTime();
        assertThat(browsers.asked()).isEqualTo(1);

        browsers.answer(201, "");
        alice.sent(C1, "two");
        passTime();
        passSweep();

        assertThat(browsers.asked()).isEqualTo(1);
        PushTarget target = target("bob", "pixel");
        assertThat(target.device().pushToken()).isNull();
        assertThat(target.mark().newest())
                .singleElement()
                .satisfies(push -> assertThat(push.answer()).isEqualTo("web 410"));
    }

    @Test
    void device_that_was_signed_out_gets_none() {
        away("bob", "pixel");
        house.devices().signOut(new UserId("bob"), new DeviceId("pixel"));
        alice.sent(C1, "one");

        passTime();
        passSweep();

        assertThat(browsers.shown()).isEmpty();
    }

    @Test
    void who_has_left_gets_none_and_what_was_pushed_is_taken_back() {
        house.group("c2", "alice", "bob");
        away("bob", "pixel");
        alice.sent("c2", "one");
        passTime();
        assertThat(browsers.shown()).hasSize(1);

        house.conversations().leave(new ConversationId("c2"), new UserId("bob"));
        passTime();

        assertThat(browsers.shown()).hasSize(2);
        assertThat(browsers.shown().getLast().text("type")).isEqualTo("taken_back");
    }

    @Test
    void message_that_has_grown_old_is_not_worth_a_push() {
        away("bob", "pixel");
        browsers.answer(503, "");
        alice.sent(C1, "one");
        passTime();
        browsers.answer(201, "");

        passTime(limits().pushHours() * 3_600_000L);
        passSweep();

        assertThat(browsers.shown()).isEmpty();
    }

    @Test
    void device_that_has_acknowledged_everything_keeps_its_mark_up_to_date() {
        TestDevice bob = browser("bob", "pixel").connect();
        alice.sent(C1, "one");
        bob.awaitTexts(C1, "one");
        awaitAcknowledged(bob);
        bob.disconnect();

        passTime(3_700_000);
        passSweep();

        assertThat(target("bob", "pixel").mark().through().changes())
                .isEqualTo(house.store().head(new UserId("bob")).changes());
        assertThat(browsers.asked()).isZero();
    }

    @Test
    void log_that_does_not_reach_back_is_made_good_by_what_is_unread() {
        settle(alice);
        alice.disconnect();
        house.close();
        house = house(limits().with("logEntries", 10));
        alice = device("alice", "ipad").connect();
        away("bob", "pixel");
        TestDevice desk = device("bob", "desk").connect();
        alice.sent(C1, "read");
        desk.awaitTexts(C1, "read");
        desk.read(C1, 1);
        settle(desk);
        for (int i = 0; i < 40; i++) {
            alice.sent(C1, "message " + i);
        }
        PushTarget target = target("bob", "pixel");
        alice.await(
                "its log being cut",
                () ->
                        house.store()
                                .read(
                                        new UserId("bob"),
                                        target.mark().through(),
                                        Set.of(Track.CHANGES),
                                        1,
                                        1)
                                .equals(new LogRead.Lost()));

        passTime();

        assertThat(browsers.shown("pixel")).hasSize(1);
        assertThat(browsers.shown("pixel").getFirst().text("count")).isEqualTo("40");
        passSweep();
        passTime();
        assertThat(browsers.shown("pixel")).hasSize(1);
    }

    @Test
    void of_many_conversations_the_newest_are_pushed() {
        away("bob", "pixel");
        int tooMany = limits().pushConversations() + 3;
        for (int i = 0; i < tooMany; i++) {
            house.group("g" + i, "alice", "bob");
            alice.sent("g" + i, "one");
        }

        passTime();

        List<Shown> shown = browsers.shown("pixel");
        assertThat(shown).hasSize(limits().pushConversations());
        assertThat(shown.getLast().text("conversationId")).isEqualTo("g" + (tooMany - 1));
        assertThat(shown.getLast().text("badge")).isEqualTo(Integer.toString(tooMany));
    }

    private PushTarget target(String user, String device) {
        return house.store().pushTargets(new UserId(user)).stream()
                .filter(it -> it.device().id().value().equals(device))
                .findFirst()
                .orElseThrow();
    }
}
