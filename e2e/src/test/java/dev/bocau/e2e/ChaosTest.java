package dev.bocau.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Three servers, three nodes of Cassandra, three masters of Redis with a replica each; people at
/// devices on all servers; and one process after the other killed while they write and read.
class ChaosTest {
    private static final int MINUTES = Integer.getInteger("bocau.minutes", 0);
    private static final long SEED = Long.getLong("bocau.seed", 20_261_123L);

    /// Messages that are confirmed between two blows.
    private static final int BREATH = 30;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /// What is left of a run that failed.
    private static final Path TRACES = Path.of("target/chaos");

    @TempDir Path folder;

    @Test
    @Timeout(7_200)
    void no_confirmed_message_is_lost_doubled_or_misplaced_whatever_dies() throws Exception {
        Random random = new Random(SEED);
        try (Cluster cluster = new Cluster(folder, 3);
                People people = new People(cluster.server(0), cluster::anyServer)) {
            try {
                long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
                do {
                    people.goOn();
                    breathe(people);
                    for (Blow blow : blows(random)) {
                        strike(cluster, people, blow, random);
                    }
                    people.rest();
                    new Ledger(cluster.server(0), people).check();
                } while (System.nanoTime() < until);
            } catch (Exception | AssertionError broken) {
                System.err.println(people);
                cluster.keepTraces(TRACES, broken);
                throw broken;
            }
            System.err.printf(
                    "%,d messages acknowledged, %,d times delivered; lost 0, duplicated 0, reordered 0%n",
                    people.confirmed(), people.delivered());
        }
    }

    /// What is killed, and started again some messages later.
    private enum Blow {
        SERVER,
        REDIS_MASTER,
        REDIS_MASTER_THAT_STARTS_AT_ONCE,
        REDIS_MASTER_WHOSE_REPLICA_LAGS,
        CASSANDRA,
        SERVER_AND_REDIS_MASTER,
        SERVER_AND_CASSANDRA
    }

    private static List<Blow> blows(Random random) {
        List<Blow> blows = new ArrayList<>(List.of(Blow.values()));
        Collections.shuffle(blows, random);
        return blows;
    }

    private static void strike(Cluster cluster, People people, Blow blow, Random random)
            throws IOException {
        int server = random.nextInt(3);
        int cassandra = random.nextInt(3);
        List<Integer> masters = cluster.redis().masters();
        int master = masters.get(random.nextInt(masters.size()));
        long began = System.nanoTime();
        switch (blow) {
            case SERVER -> cluster.server(server).kill();
            case REDIS_MASTER -> cluster.redis().kill(master);
            case REDIS_MASTER_THAT_STARTS_AT_ONCE -> cluster.redis().restart(master);
            case REDIS_MASTER_WHOSE_REPLICA_LAGS -> {
                cluster.redis().leaveReplicaBehind(master);
                breathe(people);
                assertThat(cluster.redis().behind(master)).as("what is lost").isPositive();
                began = System.nanoTime();
                cluster.redis().kill(master);
            }
            case CASSANDRA -> cluster.cassandra().kill(cassandra);
            case SERVER_AND_REDIS_MASTER -> {
                cluster.server(server).kill();
                cluster.redis().kill(master);
            }
            case SERVER_AND_CASSANDRA -> {
                cluster.server(server).kill();
                cluster.cassandra().kill(cassandra);
            }
        }
        People.Confirmed atTheBlow = people.confirmedByEach();
        awaitConfirmed(people, 1);
        long first = System.nanoTime() - began;
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> people.confirmedByEach().allAbove(atTheBlow));
        System.err.printf(
                "%-34s next ✓ of anybody after %6d ms, of everybody after %6d ms%n",
                blow,
                TimeUnit.NANOSECONDS.toMillis(first),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
        breathe(people);
        switch (blow) {
            case SERVER -> cluster.start(server);
            case REDIS_MASTER, REDIS_MASTER_WHOSE_REPLICA_LAGS -> cluster.redis().start(master);
            case REDIS_MASTER_THAT_STARTS_AT_ONCE -> {}
            case CASSANDRA -> cluster.cassandra().start(cassandra);
            case SERVER_AND_REDIS_MASTER -> {
                cluster.start(server);
                cluster.redis().start(master);
            }
            case SERVER_AND_CASSANDRA -> {
                cluster.start(server);
                cluster.cassandra().start(cassandra);
            }
        }
        breathe(people);
    }

    private static void breathe(People people) {
        awaitConfirmed(people, BREATH);
    }

    private static void awaitConfirmed(People people, int more) {
        int before = people.confirmed();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> people.confirmed() >= before + more);
    }
}
