package dev.bocau.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// The client against the real server.
@NullUnmarked
class ClientTest extends ClientFixture {
    @Test
    void message_goes_from_sending_to_read() {
        server.direct(c, alice, bob);
        Client phone = client(alice, "phone", new MemoryStore(), new Heard());
        phone.send(c, "Xin chào");
        assertThat(tick(phone, c)).isEqualTo(Tick.SENDING);
        online(phone);
        Heard heard = new Heard();
        Client friend = online(client(bob, "phone", new MemoryStore(), heard));
        Client tablet = online(alice, "tablet");

        awaitTexts(friend, c, "Xin chào");
        awaitTexts(tablet, c, "Xin chào");
        await().until(() -> tick(phone, c) == Tick.DELIVERED);
        assertThat(friend.unread(c)).isEqualTo(1);
        friend.markRead(c, 1);
        assertThat(friend.unread(c)).isZero();
        await().until(() -> tick(phone, c) == Tick.READ && tick(tablet, c) == Tick.READ);
        phone.send(c, "live");
        await().until(() -> heard.arrived.contains("live"));
        assertThat(texts(phone, c)).containsExactly("Xin chào", "live");
        assertThat(friend.unread(c)).isEqualTo(1);
        assertThat(phone.unread(c)).isZero();
        assertThat(heard.failures).isEmpty();
    }

    @Test
    void what_was_written_offline_is_sent_in_order_and_once() {
        server.direct(c, alice, bob);
        Store store = new MemoryStore();
        Client first = client(alice, "phone", store, new Heard());
        String[] all = new String[40];
        for (int i = 0; i < all.length; i++) {
            all[i] = "m" + i;
            first.send(c, all[i]);
        }
        first.close();
        // Another process, the same store.
        Client phone = online(client(alice, "phone", store, new Heard()));
        Client friend = online(bob, "phone");

        awaitTexts(friend, c, all);
        await().until(() -> tick(phone, c) == Tick.DELIVERED);
        assertThat(texts(phone, c)).containsExactly(all);
    }

    @Test
    void edits_and_recalls_are_shown_at_once_and_follow_on_other_devices() {
        server.direct(c, alice, bob);
        Client phone = online(alice, "phone");
        Client friend = online(bob, "phone");
        phone.send(c, "helo");
        phone.send(c, "oops");
        awaitTexts(friend, c, "helo", "oops");
        await().until(() -> tick(phone, c) == Tick.DELIVERED);
        List<ShownMessage> own = phone.messages(c, 10);
        phone.stop();

        phone.edit(c, own.get(0).message().getId(), "hello");
        phone.recall(c, own.get(1).message().getId());
        assertThat(texts(phone, c)).containsExactly("hello", "");
        assertThat(texts(friend, c)).containsExactly("helo", "oops");
        online(phone);

        awaitTexts(friend, c, "hello", "");
        awaitTexts(phone, c, "hello", "");
    }

    @Test
    void what_the_server_refuses_waits_for_the_user() {
        server.direct(c, alice, bob);
        Client phone = online(alice, "phone");
        await().until(() -> !phone.conversations().isEmpty());
        String tooLong = phone.send(c, "é".repeat(5_000));
        phone.send(c, "fine");

        await().until(() -> tick(phone, c) == Tick.FAILED || texts(phone, c).size() == 2);
        await().untilAsserted(() ->
                assertThat(phone.messages(c, 10))
                        .extracting(ShownMessage::tick)
                        .containsExactly(Tick.SENT, Tick.FAILED));
        assertThat(phone.discard(tooLong)).isTrue();
        assertThat(phone.discard(tooLong)).isFalse();
        assertThat(texts(phone, c)).containsExactly("fine");
    }

    @Test
    void same_device_connecting_again_leaves_the_older_one_at_rest() {
        server.direct(c, alice, bob);
        Client older = online(alice, "phone");

        Client newer = online(alice, "phone");

        await().until(() -> older.state().name() == State.Name.REPLACED);
        assertThat(newer.state().name()).isEqualTo(State.Name.ONLINE);
    }

    @Test
    void signed_out_device_rests_and_a_refused_token_is_asked_for_once_more() {
        server.direct(c, alice, bob);
        Client phone = online(alice, "phone");
        server.admin("DELETE", "/v1/users/" + alice + "/devices/phone", "");
        await().until(() -> phone.state().name() == State.Name.SIGNED_OUT);

        List<String> given = new CopyOnWriteArrayList<>();
        Client wrong =
                client(
                        bob,
                        "phone",
                        new MemoryStore(),
                        new Heard(),
                        () -> {
                            given.add("nonsense");
                            return "nonsense";
                        });
        wrong.start();
        await().until(() -> wrong.state().name() == State.Name.SIGNED_OUT);
        assertThat(wrong.state().code()).isEqualTo(4100);
        assertThat(given).hasSize(2);
    }

    @Test
    void token_of_somebody_else_is_refused_before_anything_is_stored() {
        server.direct(c, alice, bob);
        MemoryStore store = new MemoryStore();
        Client phone = client(alice, "phone", store, new Heard(), () -> server.token(bob));

        phone.start();

        await().until(() -> phone.state().name() == State.Name.REFUSED);
        assertThat(store.transaction(Store.Transaction::conversations)).isEmpty();
    }

    @Test
    void token_is_renewed_before_it_expires() {
        server.direct(c, alice, bob);
        List<String> given = new CopyOnWriteArrayList<>();
        Heard heard = new Heard();
        Client phone =
                client(
                        alice,
                        "phone",
                        new MemoryStore(),
                        heard,
                        () -> {
                            given.add(server.token(alice, "{\"validForSeconds\":2}"));
                            return given.get(given.size() - 1);
                        });
        online(phone);

        await().until(() -> given.size() >= 4);

        assertThat(heard.states).doesNotContain(State.Name.WAITING);
    }

    @Test
    void device_in_the_background_hears_of_messages_and_later_of_ticks() {
        server.direct(c, alice, bob);
        Client phone = online(alice, "phone");
        Client tablet = online(alice, "tablet");
        Client friend = online(bob, "phone");
        tablet.send(c, "hello");
        awaitTexts(phone, c, "hello");
        await().until(() -> tick(phone, c) == Tick.DELIVERED);
        phone.setActive(false);

        awaitTexts(friend, c, "hello");
        friend.markRead(c, 1);
        await().until(() -> tick(tablet, c) == Tick.READ);
        phone.setActive(true);

        await().until(() -> tick(phone, c) == Tick.READ);
    }

    @Test
    void store_that_fails_is_tried_again_and_nothing_is_acknowledged_meanwhile() {
        server.direct(c, alice, bob);
        MemoryStore memory = new MemoryStore();
        boolean[] broken = {false};
        Store store =
                new Store() {
                    @Override
                    public <T> T transaction(java.util.function.Function<Transaction, T> work) {
                        return memory.transaction(rows -> {
                            T result = work.apply(rows);
                            if (broken[0]) {
                                throw new IllegalStateException("disk full");
                            }
                            return result;
                        });
                    }
                };
        Heard heard = new Heard();
        online(client(bob, "phone", store, heard));
        Client phone = online(alice, "phone");
        broken[0] = true;

        phone.send(c, "kept?");
        await().until(() -> heard.failures.size() >= 3);
        assertThat(tick(phone, c)).isIn(Tick.SENDING, Tick.SENT);
        broken[0] = false;

        await().until(() -> tick(phone, c) == Tick.DELIVERED);
        assertThat(heard.arrived).containsExactly("kept?");
    }

    @Test
    void closed_client_lets_go_of_its_connection() {
        server.direct(c, alice, bob);
        Client phone = online(alice, "phone");
        assertThat(server.connections()).isPositive();

        phone.close();

        // Those of other tests have been closed before.
        await().until(() -> server.connections() == 0);
        assertThat(phone.state().name()).isEqualTo(State.Name.STOPPED);
    }
}
