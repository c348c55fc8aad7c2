package dev.bocau.bus.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bocau.bus.Bus;
import dev.bocau.bus.BusContract;
import dev.bocau.bus.Hint;
import dev.bocau.model.Appended;
import dev.bocau.model.Commit;
import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import dev.bocau.redis.RedisCluster;
import dev.bocau.testing.RedisNodes;
import dev.bocau.time.SystemTimer;
import dev.bocau.time.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The bus on a real Redis Cluster, of one node and of two.
@org.jspecify.annotations.NullUnmarked // Redis is there in every test
class RedisBusTest extends BusContract {
    private static RedisCluster redis;
    private static Timer timer;

    @BeforeAll
    static void connect() {
        redis = new RedisCluster(RedisNodes.shared().uris(), Duration.ofSeconds(2));
        timer = new SystemTimer();
    }

    @AfterAll
    static void disconnect() {
        redis.close();
    }

    @Override
    protected Bus open() {
        return new RedisBus(redis, "", timer, new Random());
    }

    private static Hint.Grown grown(UserId user, String content) {
        Message message =
                new Message(
                        MessageId.at(1_700_000_000_000L, new Random(1)),
                        new ConversationId("c1"),
                        7,
                        new UserId("bob"),
                        new DeviceId("phone"),
                        new LocalId("1"),
                        Message.Kind.TEXT,
                        content,
                        null,
                        1_700_000_000_000L,
                        2,
                        1_700_000_000_001L,
                        null);
        return new Hint.Grown(
                new Commit(3, 4), List.of(new Appended(user, Track.CHANGES, 5, 6, message)));
    }

    @Test
    void what_one_node_tells_the_others_hear_whole() {
        List<Hint> heard = new CopyOnWriteArrayList<>();
        UserId user = new UserId("carol");
        try (Bus one = open();
                Bus other = open()) {
            other.listen(heard::add);
            other.subscribe(user);
            Hint message = grown(user, "Xin chào 🕊");
            Hint receipt =
                    new Hint.Grown(
                            new Commit(3, 4), List.of(new Appended(user, Track.READ, 8, 9, null)));
            Hint connected = new Hint.Connected(user, new DeviceId("phone"), 12);
            Hint signedOut = new Hint.SignedOut(user, new DeviceId("phone"));

            await().until(() -> {
                one.tell(message);
                return heard.contains(message);
            });
            one.tell(receipt);
            one.tell(connected);
            one.tell(signedOut);

            await().until(() -> heard.containsAll(List.of(receipt, connected, signedOut)));
        }
    }

    @Test
    void hint_for_several_users_reaches_each_with_its_own_part() {
        List<Hint> heard = new CopyOnWriteArrayList<>();
        UserId dave = new UserId("dave");
        UserId erin = new UserId("erin");
        try (Bus one = open();
                Bus other = open()) {
            other.listen(heard::add);
            other.subscribe(erin);
            Hint.Grown ofErin = grown(erin, "for both");
            List<Appended> both =
                    List.of(
                            grown(dave, "for both").appended().getFirst(),
                            ofErin.appended().getFirst());

            await().until(() -> {
                one.tell(new Hint.Grown(new Commit(3, 4), both));
                return !heard.isEmpty();
            });

            assertThat(heard).containsOnly(ofErin);
        }
    }

    @Test
    void node_hears_its_own_hint_once() {
        List<Hint> heard = new CopyOnWriteArrayList<>();
        List<Hint> heardByOther = new CopyOnWriteArrayList<>();
        UserId user = new UserId("frank");
        try (Bus one = open();
                Bus other = open()) {
            one.listen(heard::add);
            other.listen(heardByOther::add);
            one.subscribe(user);
            other.subscribe(user);

            await().until(() -> {
                heard.clear();
                one.tell(new Hint.SignedOut(user, new DeviceId("again")));
                return !heardByOther.isEmpty();
            });
            one.tell(grown(user, "last"));

            await().until(() -> heardByOther.contains(grown(user, "last")));
            assertThat(heard)
                    .containsExactly(
                            new Hint.SignedOut(user, new DeviceId("again")), grown(user, "last"));
        }
    }

    @Test
    void subscription_that_redis_has_forgotten_is_renewed() throws Exception {
        List<Hint> heard = new CopyOnWriteArrayList<>();
        UserId user = new UserId("grace");
        try (Bus one = open();
                Bus other = open()) {
            other.listen(heard::add);
            other.subscribe(user);
            await().until(() -> {
                one.tell(grown(user, "before"));
                return heard.contains(grown(user, "before"));
            });

            for (int node : RedisNodes.shared().all().toArray()) {
                RedisNodes.shared().ask(node, "CLIENT KILL TYPE pubsub");
            }

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> {
                        one.tell(grown(user, "after"));
                        return heard.contains(grown(user, "after"));
                    });
        }
    }

    @Test
    void noise_on_a_channel_is_no_hint() {
        List<Hint> heard = new CopyOnWriteArrayList<>();
        UserId user = new UserId("heidi");
        try (Bus one = open();
                Bus other = open()) {
            other.listen(heard::add);
            other.subscribe(user);
            byte[] whole = HintBytes.of(grown(user, "whole"), 1);
            for (int length = 0; length < whole.length; length++) {
                byte[] part = java.util.Arrays.copyOf(whole, length);
                assertThat(HintBytes.read(part, 2)).isEmpty();
                redis.publish("wake:{heidi}", part);
            }

            await().until(() -> {
                one.tell(grown(user, "hint"));
                return heard.contains(grown(user, "hint"));
            });
            assertThat(heard).containsOnly(grown(user, "hint"));
        }
    }
}
