package dev.bocau;

import dev.bocau.bus.Bus;
import dev.bocau.bus.Hint;
import dev.bocau.bus.Presence;
import dev.bocau.bus.local.LocalBus;
import dev.bocau.bus.redis.RedisBus;
import dev.bocau.bus.redis.RedisPresence;
import dev.bocau.config.Config;
import dev.bocau.push.Claims;
import dev.bocau.push.LocalClaims;
import dev.bocau.push.redis.RedisClaims;
import dev.bocau.redis.RedisCluster;
import dev.bocau.store.Store;
import dev.bocau.store.cluster.ClusterContext;
import dev.bocau.store.cluster.ClusterStore;
import dev.bocau.store.cluster.Engines;
import dev.bocau.store.embedded.EmbeddedStore;
import dev.bocau.store.embedded.StoreContext;
import dev.bocau.time.SystemTimer;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;

/// Where things are kept, who hears of it, and who pushes of it.
record Kept(Store store, Bus bus, Presence presence, Claims claims) {
    private static final Duration REDIS_TIMEOUT = Duration.ofSeconds(1);

    /// Longer than Redis takes, shorter than people notice.
    private static final Duration LOG_PATIENCE = Duration.ofMillis(100);

    /// In this process.
    static Kept embedded(
            Config config,
            Parts parts,
            InstantSource clock,
            SystemTimer timer,
            SecureRandom random,
            MeterRegistry metrics) {
        Store store =
                parts.keep(
                        EmbeddedStore.open(
                                config.dataDir().resolve("store"),
                                new StoreContext(
                                        config.limits(),
                                        config.readTime(),
                                        clock,
                                        timer,
                                        random,
                                        Thread.ofPlatform().factory(),
                                        metrics)));
        return new Kept(store, parts.keep(new LocalBus()), Presence.ALONE, new LocalClaims());
    }

    /// In Cassandra and Redis, which other servers share.
    static Kept shared(
            Config config,
            Config.Cluster cluster,
            Parts parts,
            InstantSource clock,
            SystemTimer timer,
            SecureRandom random) {
        ExecutorService threads = parts.threadsGivenUp("bocau-store");
        RedisCluster redis = parts.keep(new RedisCluster(cluster.redis(), REDIS_TIMEOUT));
        Bus bus = parts.keep(new RedisBus(redis, cluster.name(), timer, random));
        Presence presence =
                parts.keep(new RedisPresence(redis, cluster.name(), timer, threads, random));
        Store store =
                parts.keep(
                        ClusterStore.open(
                                engines(cluster),
                                redis,
                                new ClusterContext(
                                        config.limits(),
                                        config.readTime(),
                                        clock,
                                        timer,
                                        random,
                                        threads,
                                        LOG_PATIENCE),
                                later ->
                                        bus.tell(
                                                new Hint.Grown(later.commit(), later.appended()))));
        return new Kept(store, bus, presence, new RedisClaims(redis, cluster.name(), random));
    }

    static Engines engines(Config.Cluster cluster) {
        return new Engines(
                cluster.cassandra(),
                cluster.datacenter(),
                cluster.keyspace(),
                cluster.user().map(user -> new Engines.Login(user, cluster.password())),
                cluster.name());
    }
}
