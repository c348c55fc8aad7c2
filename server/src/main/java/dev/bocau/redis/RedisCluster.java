package dev.bocau.redis;

import io.lettuce.core.ReadFrom;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode.NodeFlag;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// A connection to a Redis Cluster, for many threads.
///
/// **What is asked may happen twice, and after it was given up**: the driver repeats what it was
/// not answered. Functions are to be such that neither does harm. What cannot be done at the moment
/// fails, at the latest after the time limit.
public final class RedisCluster implements AutoCloseable {
    private static final Duration REFRESH = Duration.ofSeconds(1);

    /// Per connection; beyond, they fail at once.
    private static final int REQUESTS = 100_000;

    private static final RedisCodec<String, byte[]> CODEC =
            RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

    private final Map<String, String> libraries = new ConcurrentHashMap<>();
    private final LongAdder calls = new LongAdder();
    private final RedisClusterClient client;
    private final StatefulRedisClusterConnection<String, byte[]> connection;

    /// @param nodes some of the cluster's, as `redis://host:port` or `rediss://`; the others are
    ///   found through them
    /// @param timeout of one command
    /// @throws RedisUnavailable if none of the nodes answers
    public RedisCluster(List<String> nodes, Duration timeout) {
        List<RedisURI> uris = nodes.stream().map(RedisURI::create).toList();
        client = RedisClusterClient.create(uris);
        client.setOptions(
                ClusterClientOptions.builder()
                        .requestQueueSize(REQUESTS)
                        .timeoutOptions(TimeoutOptions.enabled(timeout))
                        .topologyRefreshOptions(
                                ClusterTopologyRefreshOptions.builder()
                                        .enablePeriodicRefresh(REFRESH)
                                        .adaptiveRefreshTriggersTimeout(REFRESH)
                                        .build())
                        .build());
        try {
            connection = client.connect(CODEC);
        } catch (RedisException e) {
            client.shutdown();
            // Without the passwords that may be in them.
            List<String> addresses =
                    uris.stream().map(uri -> uri.getHost() + ":" + uri.getPort()).toList();
            throw new RedisUnavailable("cannot reach the Redis Cluster at " + addresses, e);
        }
        // A replica may lack what its master has answered.
        connection.setReadFrom(ReadFrom.UPSTREAM);
    }

    /// Loads a library of functions into every master where it is not, now and whenever a master
    /// turns out to have lost it.
    ///
    /// @param name which it begins with, after `#!lua name=`: another one for another version
    public void load(String name, String library) {
        libraries.put(name, library);
        load();
    }

    private void load() {
        for (RedisClusterNode node : connection.getPartitions()) {
            if (node.is(NodeFlag.UPSTREAM) && !node.getSlots().isEmpty()) {
                var commands = connection.getConnection(node.getNodeId()).sync();
                libraries.forEach((name, library) -> {
                    if (commands.functionList(name).isEmpty()) {
                        commands.functionLoad(library, true);
                    }
                });
            }
        }
    }

    /// A setting of each master, by its address; empty where it may not be asked for.
    public Map<String, Optional<String>> settings(String name) {
        Map<String, Optional<String>> values = new LinkedHashMap<>();
        for (RedisClusterNode node : connection.getPartitions()) {
            if (node.is(NodeFlag.UPSTREAM) && !node.getSlots().isEmpty()) {
                values.put(
                        node.getUri().getHost() + ":" + node.getUri().getPort(),
                        setting(node, name));
            }
        }
        return values;
    }

    private Optional<String> setting(RedisClusterNode node, String name) {
        try {
            return Optional.ofNullable(
                    connection.getConnection(node.getNodeId()).sync().configGet(name).get(name));
        } catch (RedisCommandExecutionException notAllowed) {
            return Optional.empty();
        } catch (RedisException e) {
            throw unavailable(e);
        }
    }

    /// Runs a function on the master of its keys' slot, and waits for it.
    ///
    /// @return what it returned: numbers (`Long`), texts (`byte[]`) and lists
    /// @throws RedisUnavailable if it did not answer; it may have run, or may still
    public List<Object> call(String function, List<String> keys, List<byte[]> arguments) {
        try {
            return tryCall(function, keys, arguments);
        } catch (RedisCommandExecutionException e) {
            if (!String.valueOf(e.getMessage()).contains("Function not found")) {
                throw unavailable(e);
            }
        } catch (RedisException e) {
            throw unavailable(e);
        }
        try {
            load();
            return tryCall(function, keys, arguments);
        } catch (RedisException e) {
            throw unavailable(e);
        }
    }

    /// How many functions were called so far.
    public long calls() {
        return calls.sum();
    }

    private List<Object> tryCall(String function, List<String> keys, List<byte[]> arguments) {
        calls.increment();
        return connection
                .sync()
                .fcall(
                        function,
                        ScriptOutputType.MULTI,
                        keys.toArray(new String[0]),
                        arguments.toArray(new byte[0][]));
    }

    private static RedisUnavailable unavailable(RedisException e) {
        return new RedisUnavailable("Redis: " + e.getMessage(), e);
    }

    /// Sets a key for a while that is not set, and waits for it. What was given up may be set.
    ///
    /// @return whether it was not set, or had this value
    /// @throws RedisUnavailable if it is not known
    public boolean setIfAbsent(String key, byte[] value, Duration time) {
        try {
            // The driver asks again what it was not answered: one's own value counts as set.
            byte[] before =
                    connection.sync().setGet(key, value, SetArgs.Builder.nx().px(time.toMillis()));
            return before == null || Arrays.equals(before, value);
        } catch (RedisException e) {
            throw unavailable(e);
        }
    }

    /// Takes a key away that has this value, and waits for it.
    ///
    /// @throws RedisUnavailable if it is not known whether it is there
    public void deleteIfEqual(String key, byte[] value) {
        try {
            var _ =
                    connection
                            .sync()
                            .eval(
                                    "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0",
                                    ScriptOutputType.INTEGER,
                                    new String[] {key},
                                    value);
        } catch (RedisException e) {
            throw unavailable(e);
        }
    }

    /// Tells all who have subscribed to a channel, on whichever node of the cluster. Nobody may be.
    public void publish(String channel, byte[] message) {
        var _ = connection.async().spublish(channel, message);
    }

    /// A connection of its own on which channels are heard.
    public Channels channels(Channels.Ear ear) {
        return new Channels(client.connectPubSub(CODEC), ear);
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }
}
