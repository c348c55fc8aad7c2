package dev.bocau.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.DeviceConnected;
import dev.bocau.protocol.Error;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.protocol.TokenAccepted;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// How often a running session is brought a new token, whatever clocks, servers and apps say.
@NullUnmarked
class ClientTokensTest extends ClientFixture {
    private static final long DAY_MS = Duration.ofDays(1).toMillis();

    /// Of a server whose clock is a day behind.
    private static long serverTime() {
        return System.currentTimeMillis() - DAY_MS;
    }

    private static ServerFrame accepted(long expiresAt) {
        return ServerFrame.newBuilder()
                .setTokenAccepted(TokenAccepted.newBuilder().setExpiresAt(expiresAt))
                .build();
    }

    /// The times between so many tokens that were brought to a session whose first one soon
    /// expires.
    private List<Long> gapsMs(int tokens, Supplier<ServerFrame> answer) throws IOException {
        List<Long> broughtAtMs = new CopyOnWriteArrayList<>();
        DeviceConnected.Builder terms =
                DeviceConnected.newBuilder()
                        .setUserId(alice)
                        .setHeartbeatMs(60_000)
                        .setServerTime(serverTime())
                        .setTokenExpiresAt(serverTime() + 200);
        try (ScriptedServer scripted =
                new ScriptedServer(
                        terms,
                        frame -> {
                            if (frame.getBodyCase() != ClientFrame.BodyCase.TOKEN) {
                                return null;
                            }
                            broughtAtMs.add(System.nanoTime() / 1_000_000);
                            return answer.get();
                        })) {
            Client phone =
                    new Client(
                            scripted.address(),
                            alice,
                            device("phone"),
                            () -> "token",
                            new MemoryStore());
            kept(phone);
            online(phone);
            await().until(() -> broughtAtMs.size() >= tokens);
            phone.close();
        }
        List<Long> gaps = new CopyOnWriteArrayList<>();
        for (int i = 1; i < tokens; i++) {
            gaps.add(broughtAtMs.get(i) - broughtAtMs.get(i - 1));
        }
        return gaps;
    }

    @Test
    void token_lasts_as_long_as_the_server_means_where_the_devices_clock_is_ahead()
            throws IOException {
        List<Long> gapsMs = gapsMs(2, () -> accepted(serverTime() + 4_000));

        assertThat(gapsMs.get(0)).isGreaterThan(1_500);
    }

    @Test
    void token_that_has_expired_when_it_is_accepted_is_not_renewed_in_a_hot_loop()
            throws IOException {
        List<Long> gapsMs = gapsMs(3, () -> accepted(serverTime()));

        assertThat(gapsMs).allMatch(gapMs -> gapMs >= Limits.RENEW_LEAST_MS * 9 / 10);
    }

    @Test
    void expired_token_of_the_app_is_replaced_at_once_and_then_only_now_and_then()
            throws IOException {
        Error expired = Error.newBuilder().setCode(4101).setFrame("token").build();

        List<Long> gapsMs = gapsMs(3, () -> ServerFrame.newBuilder().setError(expired).build());

        assertThat(gapsMs.get(0)).isLessThan(Limits.RENEW_AGAIN_MS / 2);
        assertThat(gapsMs.get(1)).isGreaterThan(Limits.RENEW_AGAIN_MS * 9 / 10);
    }
}
