package dev.bocau.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bocau.testing.SocketLink;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A real server on a real disk, killed again and again while people use it. In half of the cases
/// its log is also cut back to what had been synced: kill -9 alone leaves the page cache alive and
/// says nothing about fdatasync.
class KillTest {
    private static final int CYCLES = Integer.getInteger("bocau.kills", 20);
    private static final long SEED = Long.getLong("bocau.seed", 20_261_122L);

    @TempDir Path folder;

    @Test
    @Timeout(1_800)
    void no_confirmed_message_and_no_receipt_is_lost_doubled_or_misplaced() {
        Random random = new Random(SEED);
        long cut = 0;
        Map<String, String> settings =
                Map.of(
                        "BOCAU_LIMITS_READ_WINDOW_MS",
                        "50",
                        "BOCAU_LIMITS_DELIVERED_WINDOW_MS",
                        "100");
        try (ServerProcess server = new ServerProcess(folder).start(settings)) {
            People people =
                    new People(server, (format, seed) -> SocketLink.to(server.websocket(), format));
            for (int cycle = 0; cycle < CYCLES; cycle++) {
                int before = people.confirmed();
                int more = 1 + random.nextInt(60);
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> people.confirmed() >= before + more);
                server.kill();
                if (cycle % 2 == 1) {
                    cut += server.cutToSynced();
                }
                server.start(settings);
            }
            people.rest();
            System.err.printf(
                    "%d kills, %d messages confirmed, %d bytes cut%n",
                    CYCLES, people.confirmed(), cut);
            new Ledger(server, people).check();
            for (Person person : people.all()) {
                person.device
                        .views()
                        .values()
                        .forEach(view -> assertThat(view.messages()).containsKey(1L));
            }
            people.close();
            assertThat(server.stop()).isIn(0, 143);
        }
    }
}
