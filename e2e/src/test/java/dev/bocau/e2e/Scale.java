package dev.bocau.e2e;

import static org.awaitility.Awaitility.await;

import dev.bocau.frame.WireFormat;
import dev.bocau.testing.SocketLink;
import dev.bocau.testing.TestDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a message costs with one server, two and three over the same Cassandra and Redis: processor
/// time, as all of them share one machine. `./bocau scale` runs it.
class Scale {
    private static final int RATE = Integer.getInteger("bocau.rate", 100);
    private static final int SECONDS = Integer.getInteger("bocau.seconds", 20);
    private static final int PAIRS = 20;
    private static final String HUNDRED_BYTES = "x".repeat(100);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir Path folder;

    private record Cost(Duration servers, Duration redis, Duration cassandra) {
        static Cost of(Cluster cluster) {
            return new Cost(
                    cluster.processorTime(),
                    cluster.redis().processorTime(),
                    cluster.cassandra().processorTime());
        }
    }

    @Test
    @Timeout(1_800)
    void messages_cost_what_they_cost_however_many_servers_there_are() throws IOException {
        System.err.printf(
                "%d sends/s of 100 bytes by %d pairs, each at two devices, %d s%n",
                RATE, PAIRS, SECONDS);
        System.err.println("processor time per 1,000 sends: servers, Redis, Cassandra");
        try (Cluster cluster = new Cluster(folder, 1)) {
            for (int servers = 1; servers <= 3; servers++) {
                List<TestDevice> pairs = pairs(cluster, servers);
                run(pairs, RATE * 5); // for the JIT
                Cost before = Cost.of(cluster);
                long began = System.nanoTime();
                run(pairs, RATE * SECONDS);
                double took = (System.nanoTime() - began) / 1e9;
                Cost after = Cost.of(cluster);
                System.err.printf(
                        "%d server(s)  %5.2f s  %5.2f s  %5.2f s   %.0f sends/s%n",
                        servers,
                        perThousand(after.servers.minus(before.servers)),
                        perThousand(after.redis.minus(before.redis)),
                        perThousand(after.cassandra.minus(before.cassandra)),
                        RATE * SECONDS / took);
                pairs.forEach(TestDevice::close);
                if (servers < 3) {
                    cluster.add();
                }
            }
        }
    }

    private static double perThousand(Duration time) {
        return time.toMillis() / (double) (RATE * SECONDS);
    }

    /// The one who writes, and the other, of each pair; spread over the servers.
    private static List<TestDevice> pairs(Cluster cluster, int servers) {
        List<TestDevice> devices = new ArrayList<>();
        for (int i = 0; i < PAIRS; i++) {
            String one = "one-%d-%d".formatted(servers, i);
            String other = "other-%d-%d".formatted(servers, i);
            cluster.server(0)
                    .admin(
                            "PUT",
                            "/v1/conversations/" + one,
                            "{\"kind\":\"direct\",\"members\":[\"%s\",\"%s\"]}"
                                    .formatted(one, other));
            for (String user : List.of(one, other)) {
                ServerProcess server = cluster.server(devices.size() % servers);
                String token = server.token(user);
                devices.add(
                        new TestDevice(
                                        SocketLink.to(server.websocket(), WireFormat.PROTO),
                                        user,
                                        "phone",
                                        () -> token)
                                .patient(PATIENCE)
                                .connect());
            }
        }
        return devices;
    }

    /// Sends at the rate, and waits until everybody has everything.
    private static void run(List<TestDevice> pairs, int messages) {
        long began = System.nanoTime();
        int expected = messages / PAIRS;
        List<Integer> before = pairs.stream().map(device -> device.confirmed().size()).toList();
        for (int i = 0; i < expected * PAIRS; i++) {
            long due = began + TimeUnit.SECONDS.toNanos(i) / RATE;
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            TestDevice sender = pairs.get(2 * (i % PAIRS));
            sender.send(sender.user(), HUNDRED_BYTES);
        }
        await().atMost(PATIENCE)
                .until(() -> {
                    for (int i = 0; i < pairs.size(); i += 2) {
                        if (pairs.get(i).confirmed().size() < before.get(i) + expected) {
                            return false;
                        }
                    }
                    return true;
                });
    }
}
