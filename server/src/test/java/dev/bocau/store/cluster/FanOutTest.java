package dev.bocau.store.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bocau.limits.Limits;
import dev.bocau.model.Appended;
import dev.bocau.model.ConversationId;
import dev.bocau.model.ReadTime;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import dev.bocau.redis.RedisCluster;
import dev.bocau.testing.ManualTime;
import dev.bocau.testing.RedisNodes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Into many logs of a real Redis Cluster, one node of which stands still.
@NullUnmarked // it is there in every test
class FanOutTest {
    private static final ConversationId C1 = new ConversationId("c1");

    private static RedisNodes nodes;
    private static RedisCluster redis;
    private static Cassandra cassandra;
    private static ExecutorService threads;

    @BeforeAll
    static void connect() {
        nodes = new RedisNodes(3);
        redis = new RedisCluster(nodes.uris(), Duration.ofMillis(500));
        cassandra = new Cassandra(TestEngines.keyspace("fan_out"));
        threads = Executors.newVirtualThreadPerTaskExecutor();
    }

    @AfterAll
    static void disconnect() {
        threads.close();
        redis.close();
        cassandra.close();
        nodes.close();
    }

    @Test
    void what_cannot_be_put_now_is_put_later_and_once() throws Exception {
        ManualTime time = new ManualTime();
        Installation installation = new Installation("fan-out");
        Generations generations = new Generations(cassandra, installation);
        ClusterContext context =
                new ClusterContext(
                        Limits.standard(),
                        ReadTime.EARLIEST_READ_WINS,
                        time,
                        time,
                        new Random(1),
                        threads,
                        Duration.ofSeconds(2));
        Logs logs =
                new Logs(new Functions(redis), generations, installation, Limits.standard(), time);
        List<UserId> heardLater = new CopyOnWriteArrayList<>();
        FanOut fanOut =
                new FanOut(logs, context, later -> later.forEach(it -> heardLater.add(it.user())));
        List<UserId> users = IntStream.range(0, 30).mapToObj(i -> new UserId("user-" + i)).toList();
        assertThat(put(fanOut, users, new Append.Joined(C1, 0, 0), () -> {})).hasSize(users.size());

        nodes.pause(0, true);
        AtomicBoolean settled = new AtomicBoolean();
        Set<UserId> atOnce =
                put(fanOut, users, new Append.Added(C1, 0, 1, 1), () -> settled.set(true));

        assertThat(atOnce).isNotEmpty().hasSizeLessThan(users.size());
        assertThat(fanOut.unsettled()).isEqualTo(users.size() - atOnce.size());
        assertThat(settled).isFalse();
        nodes.pause(0, false);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> {
                    time.advance(1_000);
                    return fanOut.unsettled() == 0;
                });
        await().until(() -> heardLater.size() == users.size() - atOnce.size());
        assertThat(settled).isTrue();
        assertThat(heardLater).doesNotContainAnyElementsOf(atOnce);
        for (UserId user : users) {
            assertThat(logs.read(user, Map.of(Track.CHANGES, 0L), 10).of(Track.CHANGES))
                    .extracting(Logs.Found::name)
                    .endsWith("a/c1/1")
                    .hasSizeLessThanOrEqualTo(2);
        }
    }

    private static Set<UserId> put(
            FanOut fanOut, List<UserId> users, Append append, Runnable settled) {
        Map<UserId, Append> appends = new LinkedHashMap<>();
        users.forEach(user -> appends.put(user, append));
        return fanOut.put(appends, List.of(), settled).stream()
                .map(Appended::user)
                .collect(Collectors.toSet());
    }
}
