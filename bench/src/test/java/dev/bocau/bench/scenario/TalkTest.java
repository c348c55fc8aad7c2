package dev.bocau.bench.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.bench.subject.ClientThread;
import dev.bocau.bench.subject.Device;
import dev.bocau.bench.subject.Subject;
import dev.bocau.bench.subject.Subject.Conversation;
import dev.bocau.bench.subject.Subject.Ear;
import dev.bocau.bench.subject.relay.Relay;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// On the relay, which starts at once and needs nothing.
@Timeout(60)
class TalkTest {
    private static final Duration SHORT = Duration.ofMillis(500);

    @TempDir Path folder;
    private Subject relay;

    @BeforeEach
    void start() throws IOException {
        relay = new Relay(folder);
    }

    @AfterEach
    void stop() {
        relay.close();
    }

    @Test
    void everything_that_is_sent_to_pairs_arrives_and_is_paid_for() throws IOException {
        Measured measured = Talk.ofPairs(relay, 5).send(200, SHORT).orFail();

        assertThat(measured.page().sent()).isEqualTo(100);
        assertThat(measured.page().heard()).isEqualTo(300);
        assertThat(measured.serverCpuSeconds()).isPositive();
    }

    @Test
    void message_to_a_group_has_arrived_when_the_last_member_has_it() throws IOException {
        Measured measured = Talk.ofGroup(relay, 20).send(20, SHORT).orFail();

        assertThat(measured.page().heard()).isEqualTo(190);
        assertThat(measured.page().lastDelivery().getTotalCount()).isEqualTo(10);
        assertThat(measured.lastDeliveryMs(50)).isGreaterThanOrEqualTo(measured.deliveryMs(50));
    }

    @Test
    void what_a_device_missed_is_told_as_lost() throws IOException {
        Talk talk = new Talk(relay, ClientThread.MAIN);
        relay.prepare(List.of(new Conversation("talk", List.of("alice", "bob"))));
        Device bob = talk.reader("bob", "phone");
        bob.connect(ClientThread.MAIN);
        bob.disconnect();
        Talk.Writer alice = talk.writer("alice");
        alice.device().connect(ClientThread.MAIN);
        talk.add(alice, "talk", 1);
        talk.fill(100, 3);
        bob.connect(ClientThread.MAIN);

        assertThat(talk.page().lost()).isEqualTo(3);
    }

    @Test
    void server_that_ends_is_told() throws IOException, InterruptedException {
        CountDownLatch told = new CountDownLatch(1);
        relay.device("alice", "phone", new Listener(told)).connect(ClientThread.MAIN);
        relay.close();

        assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private record Listener(CountDownLatch told) implements Ear {
        @Override
        public void heard(String conversation, String content) {}

        @Override
        public void confirmed() {}

        @Override
        public void refused(String why) {
            told.countDown();
        }
    }
}
