package dev.bocau.store.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.limits.Limits;
import dev.bocau.model.Conversation;
import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Message;
import dev.bocau.model.ReadTime;
import dev.bocau.model.UserId;
import dev.bocau.redis.RedisCluster;
import dev.bocau.store.Draft;
import dev.bocau.store.Outcome;
import dev.bocau.store.Sent;
import dev.bocau.store.cluster.Cassandra.Asked;
import dev.bocau.testing.ManualTime;
import dev.bocau.testing.RedisNodes;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What a message asks of Cassandra and Redis, at the most.
class CostTest {
    private static final ConversationId C1 = new ConversationId("c1");
    private static final UserId ALICE = new UserId("alice");
    private static final UserId BOB = new UserId("bob");
    private static final int MESSAGES = 60;

    @Test
    void message_is_one_decision_and_an_append_for_each_member_and_those_that_wait_share_one() {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                RedisCluster redis =
                        new RedisCluster(RedisNodes.shared().uris(), Duration.ofSeconds(1));
                Cassandra cassandra = new Cassandra(TestEngines.keyspace("cost"));
                ClusterStore store = store(cassandra, redis, threads)) {
            store.putConversation(
                            new Conversation(
                                    C1, Conversation.Kind.GROUP, "", Conversation.History.ALL),
                            Set.of(ALICE, BOB))
                    .orRefuse();
            send(store, "first").join().orRefuse();
            Asked before = cassandra.asked();
            long calls = redis.calls();

            for (int i = 0; i < MESSAGES; i++) {
                send(store, "one-" + i).join().orRefuse();
            }

            Asked one = cassandra.asked();
            assertThat(one.decisions() - before.decisions()).isEqualTo(MESSAGES);
            assertThat(one.reads() - before.reads()).isZero();
            assertThat(one.writes() - before.writes()).isZero();
            // One for the log of each member, one for the conversation's recent messages.
            assertThat(redis.calls() - calls).isLessThanOrEqualTo(3L * MESSAGES);

            List<CompletableFuture<Outcome<Sent>>> together =
                    IntStream.range(0, MESSAGES).mapToObj(i -> send(store, "all-" + i)).toList();
            together.forEach(each -> each.join().orRefuse());

            assertThat(cassandra.asked().decisions() - one.decisions()).isLessThan(MESSAGES / 2);
        }
    }

    @Test
    void conversation_keeps_one_roster_however_often_its_members_change() {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                RedisCluster redis =
                        new RedisCluster(RedisNodes.shared().uris(), Duration.ofSeconds(1));
                Cassandra cassandra = new Cassandra(TestEngines.keyspace("cost"));
                ClusterStore store = store(cassandra, redis, threads)) {
            long before = rostersThatStay(cassandra);
            store.putConversation(
                            new Conversation(
                                    C1, Conversation.Kind.GROUP, "", Conversation.History.ALL),
                            Set.of(ALICE))
                    .orRefuse();
            assertThat(rostersThatStay(cassandra)).isEqualTo(before + 1);

            for (int i = 0; i < 10; i++) {
                store.putMember(C1, BOB).orRefuse();
                store.removeMember(C1, BOB).orRefuse();
            }

            assertThat(rostersThatStay(cassandra)).isEqualTo(before + 1);
            assertThat(store.member(C1, ALICE)).isPresent();
            assertThat(store.member(C1, BOB)).isEmpty();
        }
    }

    private static long rostersThatStay(Cassandra cassandra) {
        return cassandra.rows("SELECT TTL(title) AS seconds FROM roster").stream()
                .filter(row -> row.isNull("seconds"))
                .count();
    }

    private static ClusterStore store(
            Cassandra cassandra, RedisCluster redis, ExecutorService threads) {
        ManualTime time = new ManualTime();
        return new ClusterStore(
                cassandra,
                redis,
                new Installation(UUID.randomUUID().toString()),
                new ClusterContext(
                        Limits.standard(),
                        ReadTime.EARLIEST_READ_WINS,
                        time,
                        time,
                        new Random(1),
                        threads,
                        Duration.ofSeconds(30)),
                kept -> {},
                () -> {});
    }

    private static CompletableFuture<Outcome<Sent>> send(ClusterStore store, String localId) {
        return store.send(
                new Draft(
                        C1,
                        ALICE,
                        new DeviceId("phone"),
                        new LocalId(localId),
                        Message.Kind.TEXT,
                        "x",
                        null,
                        0));
    }
}
