package dev.bocau.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.protocol.Message;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// An app whose callbacks throw, or never return.
@NullUnmarked
class ClientListenerTest extends ClientFixture {
    private static final class Throwing implements Listener {
        final List<Throwable> failures = new CopyOnWriteArrayList<>();

        @Override
        public void state(State state) {
            throw new IllegalStateException("state");
        }

        @Override
        public void changed(Set<String> conversationIds, boolean all) {
            throw new AssertionError("changed");
        }

        @Override
        public void arrived(Message message) {
            throw new IllegalStateException("arrived");
        }

        @Override
        public void failed(Throwable failure) {
            failures.add(failure);
            throw new IllegalStateException("failed");
        }
    }

    @Test
    void listener_that_throws_stops_neither_sending_nor_reconnecting() throws IOException {
        server.direct(c, alice, bob);
        Client friend = online(bob, "phone");
        Throwing listener = new Throwing();
        try (ForgetfulNetwork network = new ForgetfulNetwork(server.tcpPort)) {
            Client phone =
                    new Client(
                            network.address(),
                            alice,
                            device("phone"),
                            () -> server.token(alice),
                            new MemoryStore());
            phone.listen(listener);
            kept(phone);
            online(phone);
            phone.send(c, "one");
            awaitTexts(friend, c, "one");
            friend.send(c, "two");
            awaitTexts(phone, c, "one", "two");
            network.forgetAndReset();

            phone.send(c, "three");

            awaitTexts(friend, c, "one", "two", "three");
            assertThat(network.proposedMs).hasSize(2);
        }
        assertThat(listener.failures)
                .extracting(Throwable::getMessage)
                .contains("state", "changed", "arrived")
                .doesNotContain("failed");
    }

    @Test
    void token_that_never_comes_does_not_keep_the_client_from_hearing_that_it_is_signed_out() {
        server.direct(c, alice, bob);
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch tokens = new CountDownLatch(1);
        Client phone =
                client(
                        alice,
                        "phone",
                        new MemoryStore(),
                        new Heard(),
                        () -> {
                            if (asked.incrementAndGet() > 1) {
                                tokens.await();
                            }
                            return server.token(alice, "{\"validForSeconds\":2}");
                        });
        try {
            online(phone);
            await().until(() -> asked.get() == 2);

            server.admin("DELETE", "/v1/users/" + alice + "/devices/phone", "");

            await().until(() -> phone.state().name() == State.Name.SIGNED_OUT);
        } finally {
            tokens.countDown();
        }
    }
}
