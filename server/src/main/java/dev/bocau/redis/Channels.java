package dev.bocau.redis;

import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.pubsub.RedisClusterPubSubAdapter;
import io.lettuce.core.cluster.pubsub.StatefulRedisClusterPubSubConnection;
import java.util.Collection;

/// Sharded channels: each lives on the node that owns its slot. When slots move, what was
/// subscribed is forgotten there; {@link #subscribe} again is harmless.
public final class Channels implements AutoCloseable {
    private final StatefulRedisClusterPubSubConnection<String, byte[]> connection;

    /// Hears what is told, on a thread that must not be held up.
    public interface Ear {
        void heard(String channel, byte[] message);
    }

    Channels(StatefulRedisClusterPubSubConnection<String, byte[]> connection, Ear ear) {
        this.connection = connection;
        connection.addListener(
                new RedisClusterPubSubAdapter<String, byte[]>() {
                    @Override
                    public void smessage(RedisClusterNode node, String channel, byte[] message) {
                        ear.heard(channel, message);
                    }
                });
        connection.setNodeMessagePropagation(true);
    }

    /// Does not wait.
    public void subscribe(Collection<String> channels) {
        for (String channel : channels) {
            var _ = connection.async().ssubscribe(channel);
        }
    }

    /// Does not wait.
    public void unsubscribe(String channel) {
        var _ = connection.async().sunsubscribe(channel);
    }

    @Override
    public void close() {
        connection.close();
    }
}
