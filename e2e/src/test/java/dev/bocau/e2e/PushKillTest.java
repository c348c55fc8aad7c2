package dev.bocau.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bocau.frame.WireFormat;
import dev.bocau.protocol.Platform;
import dev.bocau.push.web.Vapid;
import dev.bocau.testing.BrowserPushService;
import dev.bocau.testing.BrowserPushService.Shown;
import dev.bocau.testing.SocketLink;
import dev.bocau.testing.TestDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A real server that is killed while pushes are due, under way, or just answered.
class PushKillTest {
    private static final int CYCLES = Integer.getInteger("bocau.kills", 10);
    private static final long SEED = Long.getLong("bocau.seed", 20_261_123L);
    private static final int PUSH_AFTER_MS = 400;
    private static final int SWEEP_MS = 1_000;

    @TempDir Path folder;

    private final Vapid.Keys keys = Vapid.makeKeys();
    private final Random random = new Random(SEED);

    @Test
    @Timeout(600)
    void no_due_push_is_lost_and_one_that_comes_again_takes_the_place_of_the_first()
            throws IOException {
        int again = 0;
        try (BrowserPushService browsers = new BrowserPushService(keys.publicKey());
                ServerProcess server = new ServerProcess(folder).start(settings(browsers))) {
            server.admin("PUT", "/v1/conversations/warm-up", members());
            bob(server)
                    .pushedTo(Platform.PLATFORM_WEB, browsers.subscribe("pixel"))
                    .connect()
                    .disconnect();
            for (int cycle = 0; cycle < CYCLES; cycle++) {
                String conversation = "c" + cycle;
                server.admin("PUT", "/v1/conversations/" + conversation, members());
                try (TestDevice alice = device(server, "alice", "phone").connect()) {
                    alice.sent(conversation, "hello");
                }
                LockSupport.parkNanos(Duration.ofMillis(random.nextInt(1_200)).toNanos());
                server.kill();
                server.start(settings(browsers));

                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(
                                () -> assertThat(pushes(browsers, conversation)).isNotEmpty());
            }
            // Whatever else there is to come comes with the next look at everybody.
            LockSupport.parkNanos(Duration.ofMillis(2L * SWEEP_MS).toNanos());
            for (int cycle = 0; cycle < CYCLES; cycle++) {
                List<Shown> pushes = pushes(browsers, "c" + cycle);
                assertThat(pushes).hasSizeBetween(1, 2);
                assertThat(pushes)
                        .extracting(push -> push.headers().getFirst("Topic"))
                        .containsOnly(pushes.getFirst().headers().getFirst("Topic"));
                again += pushes.size() - 1;
            }
        }
        System.err.printf(
                "%d kills, %d pushes that were answered in the moment of death came again%n",
                CYCLES, again);
    }

    private static List<Shown> pushes(BrowserPushService browsers, String conversation) {
        return browsers.shown("pixel").stream()
                .filter(push -> push.text("conversationId").equals(conversation))
                .toList();
    }

    private static String members() {
        return "{\"kind\":\"group\",\"members\":[\"alice\",\"bob\"]}";
    }

    private static TestDevice bob(ServerProcess server) {
        return device(server, "bob", "pixel");
    }

    private static TestDevice device(ServerProcess server, String user, String id) {
        String token = server.token(user);
        return new TestDevice(
                SocketLink.to(server.websocket(), WireFormat.PROTO), user, id, () -> token);
    }

    private Map<String, String> settings(BrowserPushService browsers) {
        return Map.of(
                "BOCAU_PUSH_WEB_PUBLIC_KEY",
                keys.publicKey(),
                "BOCAU_PUSH_WEB_PRIVATE_KEY",
                keys.privateKey(),
                "BOCAU_PUSH_WEB_CONTACT",
                "mailto:post@example.org",
                "BOCAU_PUSH_WEB_SERVICES",
                browsers.origin(),
                "BOCAU_LIMITS_CURSOR_STORE_MS",
                "100",
                "BOCAU_LIMITS_PUSH_AFTER_MS",
                Integer.toString(PUSH_AFTER_MS),
                "BOCAU_LIMITS_PUSH_SWEEP_MS",
                Integer.toString(SWEEP_MS));
    }
}
