package dev.bocau.store.cluster;

import dev.bocau.limits.Limits;
import dev.bocau.model.ReadTime;
import dev.bocau.redis.RedisCluster;
import dev.bocau.store.ConversationsContract;
import dev.bocau.store.DevicesContract;
import dev.bocau.store.LogContract;
import dev.bocau.store.MarksContract;
import dev.bocau.store.MessagesContract;
import dev.bocau.store.PushContract;
import dev.bocau.store.Store;
import dev.bocau.testing.ManualTime;
import dev.bocau.testing.RedisNodes;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/// The contract, on a real Cassandra and a real Redis Cluster. Each test has an installation of its
/// own in them.
@NullUnmarked // it is there in every test
class ClusterStoreTest {
    private static Cassandra cassandra;
    private static RedisCluster redis;
    private static ExecutorService threads;

    private final Installation installation = new Installation(UUID.randomUUID().toString());

    @BeforeAll
    static void connect() {
        cassandra = new Cassandra(TestEngines.keyspace("contract"));
        redis = new RedisCluster(RedisNodes.shared().uris(), Duration.ofSeconds(1));
        threads = Executors.newVirtualThreadPerTaskExecutor();
    }

    @AfterAll
    static void disconnect() {
        threads.close();
        redis.close();
        cassandra.close();
    }

    private Store open(Limits limits, ReadTime readTime, ManualTime time) {
        return new ClusterStore(
                cassandra,
                redis,
                installation,
                new ClusterContext(
                        limits,
                        readTime,
                        time,
                        time,
                        new Random(1),
                        threads,
                        Duration.ofSeconds(30)),
                kept -> {},
                () -> {});
    }

    @Nested
    class Messages extends MessagesContract {
        @Override
        protected Store open() {
            return ClusterStoreTest.this.open(limits, readTime, time);
        }
    }

    @Nested
    class Marks extends MarksContract {
        @Override
        protected Store open() {
            return ClusterStoreTest.this.open(limits, readTime, time);
        }
    }

    @Nested
    class Conversations extends ConversationsContract {
        @Override
        protected Store open() {
            return ClusterStoreTest.this.open(limits, readTime, time);
        }
    }

    @Nested
    class Log extends LogContract {
        @Override
        protected Store open() {
            return ClusterStoreTest.this.open(limits, readTime, time);
        }
    }

    @Nested
    class Devices extends DevicesContract {
        @Override
        protected Store open() {
            return ClusterStoreTest.this.open(limits, readTime, time);
        }
    }

    @Nested
    class Push extends PushContract {
        @Override
        protected Store open() {
            return ClusterStoreTest.this.open(limits, readTime, time);
        }
    }
}
