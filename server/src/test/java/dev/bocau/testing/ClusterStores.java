package dev.bocau.testing;

import dev.bocau.limits.Limits;
import dev.bocau.model.ReadTime;
import dev.bocau.redis.RedisCluster;
import dev.bocau.store.Outcome;
import dev.bocau.store.Store;
import dev.bocau.store.cluster.ClusterContext;
import dev.bocau.store.cluster.ClusterStore;
import dev.bocau.store.cluster.Engines;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/// Stores over the Cassandra and the Redis Cluster that all tests share, each an installation of
/// its own.
public final class ClusterStores implements AutoCloseable {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final RedisCluster redis =
            new RedisCluster(RedisNodes.shared().uris(), Duration.ofSeconds(2));

    /// Opens an empty one.
    ///
    /// @param later hears what was put into logs after the step was answered
    public Store open(Limits limits, ManualTime time, Consumer<Outcome.Kept<?>> later) {
        Engines engines =
                new Engines(
                        CassandraNodes.shared().addresses(),
                        "datacenter1",
                        "sessions_test",
                        Optional.empty(),
                        UUID.randomUUID().toString());
        return ClusterStore.open(
                engines,
                redis,
                new ClusterContext(
                        limits,
                        ReadTime.EARLIEST_READ_WINS,
                        time,
                        time,
                        new Random(1),
                        threads,
                        Duration.ofSeconds(10)),
                later);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        redis.close();
    }
}
