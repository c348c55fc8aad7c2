package dev.bocau.store.cluster;

import dev.bocau.redis.RedisCluster;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks, at the start, whether the engines are set up such that the store can keep its promises.
final class EngineChecks {
    private static final Logger LOG = LoggerFactory.getLogger(EngineChecks.class);

    private EngineChecks() {}

    /// @throws IllegalStateException in words for an operator, if they are not
    static void check(Cassandra cassandra, RedisCluster redis) {
        redis.settings("maxmemory-policy")
                .forEach((node, policy) -> {
                    if (policy.isEmpty()) {
                        LOG.warn(
                                "Redis at {} does not tell its settings: see that maxmemory-policy is noeviction",
                                node);
                    } else if (!policy.get().equals("noeviction")) {
                        throw new IllegalStateException(
                                "Redis at %s may throw away parts of a log: set maxmemory-policy to noeviction, not %s"
                                        .formatted(node, policy.get()));
                    }
                });
        redis.settings("cluster-require-full-coverage")
                .forEach((node, full) -> {
                    if (full.equals(Optional.of("yes"))) {
                        LOG.warn(
                                "Redis at {} refuses everything while one master is away: set cluster-require-full-coverage to no",
                                node);
                    }
                });
        Map<String, String> settings =
                cassandra.settings("paxos_variant", "commitlog_disk_access_mode");
        if (!settings.getOrDefault("paxos_variant", "v2").startsWith("v2")) {
            LOG.warn(
                    "Cassandra decides in four round trips instead of two: set paxos_variant to v2");
        }
        if (settings.getOrDefault("commitlog_disk_access_mode", "").equals("direct")) {
            LOG.warn(
                    "a node of Cassandra that is killed forgets what it has confirmed since it last synced: set commitlog_disk_access_mode to mmap");
        }
    }
}
