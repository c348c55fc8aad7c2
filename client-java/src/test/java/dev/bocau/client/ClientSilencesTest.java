package dev.bocau.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The client in a network that forgets a silent connection without a word, so that what the client
/// sends next is what reveals the loss.
@NullUnmarked
class ClientSilencesTest extends ClientFixture {
    /// Whatever the client proposes.
    private static final int AGREED_MS = 4_000;

    @Test
    void half_is_proposed_after_a_ping_was_answered_with_a_reset(@TempDir Path folder)
            throws IOException {
        proposesHalf(folder, ForgetfulNetwork::forgetAndReset, (phone, network) -> phone.nudge());
    }

    @Test
    void half_is_proposed_after_a_message_was_answered_with_a_reset(@TempDir Path folder)
            throws IOException {
        proposesHalf(
                folder, ForgetfulNetwork::forgetAndReset, (phone, network) -> phone.send(c, "hi"));
    }

    @Test
    void half_is_proposed_after_a_message_and_a_ping_were_swallowed(@TempDir Path folder)
            throws IOException {
        proposesHalf(
                folder,
                ForgetfulNetwork::forgetAndSwallow,
                (phone, network) -> {
                    phone.send(c, "hi");
                    await().until(() -> network.swallowed);
                    phone.nudge();
                });
    }

    private interface Revealing {
        void by(Client phone, ForgetfulNetwork network);
    }

    private void proposesHalf(Path folder, Consumer<ForgetfulNetwork> forgets, Revealing revealing)
            throws IOException {
        Map<String, String> settings =
                Map.of(
                        "BOCAU_LIMITS_HEARTBEAT_MIN_MS",
                        "1000",
                        "BOCAU_LIMITS_HEARTBEAT_MAX_MS",
                        Integer.toString(AGREED_MS));
        try (RealServer server = new RealServer(folder, settings);
                ForgetfulNetwork network = new ForgetfulNetwork(server.tcpPort)) {
            server.direct(c, alice, bob);
            String token = server.token(alice);
            Client phone =
                    kept(
                            new Client(
                                    network.address(),
                                    alice,
                                    device("phone"),
                                    () -> token,
                                    new MemoryStore()));
            online(phone);
            await().until(() -> network.silentMs() > AGREED_MS * 5 / 8);
            forgets.accept(network);

            revealing.by(phone, network);

            await().until(() -> network.proposedMs.size() == 2);
            assertThat(network.proposedMs)
                    .containsExactly(Limits.HEARTBEAT_MS, Limits.HEARTBEAT_MS / 2);
            await().until(() -> phone.state().name() == State.Name.ONLINE);
        }
    }
}
