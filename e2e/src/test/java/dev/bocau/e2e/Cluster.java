package dev.bocau.e2e;

import dev.bocau.frame.WireFormat;
import dev.bocau.testing.CassandraNodes;
import dev.bocau.testing.Link;
import dev.bocau.testing.Processes;
import dev.bocau.testing.RedisNodes;
import dev.bocau.testing.SocketLink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Servers over three nodes of Cassandra and a Redis Cluster of three masters and three replicas,
/// each a process of its own.
final class Cluster implements AutoCloseable {
    private final CassandraNodes cassandra = new CassandraNodes(3);
    private final RedisNodes redis = new RedisNodes(3, 1);
    private final List<ServerProcess> servers = new ArrayList<>();
    private final Map<String, String> settings;
    private final Path folder;

    /// Starts everything, with so many servers.
    Cluster(Path folder, int servers) throws IOException {
        this.folder = folder;
        settings =
                Map.of(
                        "BOCAU_STORE", "cluster",
                        "BOCAU_CLUSTER_CASSANDRA", String.join(",", cassandra.addresses()),
                        "BOCAU_CLUSTER_REDIS", String.join(",", redis.uris()),
                        "BOCAU_ADMIN_KEY", "an admin key for tests",
                        "BOCAU_TOKEN_KEY", "a secret of at least thirty-two bytes",
                        "BOCAU_LIMITS_READ_WINDOW_MS", "50",
                        "BOCAU_LIMITS_DELIVERED_WINDOW_MS", "100",
                        "BOCAU_LIMITS_HEARTBEAT_MS", "2000");
        for (int i = 0; i < servers; i++) {
            add();
        }
    }

    /// Starts one more server.
    void add() throws IOException {
        Path home = Files.createDirectory(folder.resolve("server-" + servers.size()));
        servers.add(new ServerProcess(home).start(settings));
    }

    /// The processor time that all servers have taken so far.
    Duration processorTime() {
        return Processes.time(servers.stream().map(ServerProcess::process));
    }

    CassandraNodes cassandra() {
        return cassandra;
    }

    RedisNodes redis() {
        return redis;
    }

    ServerProcess server(int number) {
        return servers.get(number);
    }

    void start(int server) {
        servers.get(server).start(settings);
    }

    /// A way to one of the servers that live, another one each time.
    Link.Opener anyServer(WireFormat format, long seed) {
        Random random = new Random(seed);
        return listener -> {
            List<ServerProcess> alive = servers.stream().filter(ServerProcess::lives).toList();
            if (alive.isEmpty()) {
                throw new UncheckedIOException(new IOException("no server lives"));
            }
            ServerProcess one = alive.get(random.nextInt(alive.size()));
            return SocketLink.to(one.websocket(), format).open(listener);
        };
    }

    /// Keeps what every server has said, and what the threads of those that live are at.
    ///
    /// @param why is told what cannot be kept
    void keepTraces(Path in, Throwable why) {
        for (ServerProcess server : servers) {
            try {
                server.keepTraces(Files.createDirectories(in), "server-" + servers.indexOf(server));
            } catch (IOException | RuntimeException gone) {
                why.addSuppressed(gone);
            }
        }
    }

    @Override
    public void close() {
        servers.forEach(ServerProcess::close);
        redis.close();
        cassandra.close();
    }
}
