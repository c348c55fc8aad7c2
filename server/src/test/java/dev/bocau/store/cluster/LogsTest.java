package dev.bocau.store.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.limits.Limits;
import dev.bocau.model.ConversationId;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import dev.bocau.redis.RedisCluster;
import dev.bocau.store.cluster.Logs.Found;
import dev.bocau.store.cluster.Name.Sort;
import dev.bocau.testing.ManualTime;
import dev.bocau.testing.RedisNodes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Logs in a real Redis Cluster, with generations from a real Cassandra.
@NullUnmarked // both are there in every test
class LogsTest {
    private static final ConversationId C1 = new ConversationId("c1");
    private static final ConversationId C2 = new ConversationId("c2");
    private static final UserId ALICE = new UserId("alice");
    private static final long GENERATION = 1L << 32;

    private static RedisNodes nodes;
    private static RedisCluster redis;
    private static Cassandra cassandra;
    private static int installations;

    private final ManualTime time = new ManualTime();
    private Installation installation;
    private Limits limits = Limits.standard();
    private Logs logs;

    @BeforeAll
    static void connect() {
        nodes = new RedisNodes(1);
        redis = new RedisCluster(nodes.uris(), Duration.ofSeconds(2));
        cassandra = new Cassandra(TestEngines.keyspace("logs_test"));
    }

    @AfterAll
    static void disconnect() {
        redis.close();
        cassandra.close();
        nodes.close();
    }

    @BeforeEach
    void open() {
        installation = new Installation("test-" + installations++);
        logs = open(redis);
    }

    private Logs open(RedisCluster cluster) {
        return new Logs(
                new Functions(cluster),
                new Generations(cassandra, installation),
                installation,
                limits,
                time);
    }

    private static Append added(long from, long to) {
        return new Append.Added(C1, 0, from, to);
    }

    private static Append changed(Sort sort, String about) {
        return new Append.Changed(new Name(sort, C1, about));
    }

    private List<String> changes() {
        return changes(0);
    }

    private List<String> changes(long past) {
        return logs.read(ALICE, Map.of(Track.CHANGES, past), 100_000).of(Track.CHANGES).stream()
                .map(Found::name)
                .toList();
    }

    @Test
    void new_log_is_empty_and_begins_with_a_generation() {
        assertThat(logs.extent(ALICE).heads()).containsOnly(GENERATION);
        assertThat(logs.extent(ALICE).floors()).containsOnly(GENERATION);
        assertThat(changes()).isEmpty();
    }

    @Test
    void entries_stand_in_order_one_behind_the_other() {
        logs.append(ALICE, new Append.Joined(C1, 0, 0));
        Logs.Put put = logs.append(ALICE, added(1, 2));
        logs.append(ALICE, changed(Sort.READ, "bob"));

        assertThat(put).isEqualTo(new Logs.Put(GENERATION + 1, GENERATION + 3, false));
        Logs.Page page = logs.read(ALICE, Map.of(Track.CHANGES, 0L, Track.READ, 0L), 100);
        assertThat(page.of(Track.CHANGES))
                .containsExactly(
                        new Found(GENERATION + 1, "m/c1/0"),
                        new Found(GENERATION + 2, "a/c1/1"),
                        new Found(GENERATION + 3, "a/c1/2"));
        assertThat(page.of(Track.READ)).containsExactly(new Found(GENERATION + 1, "r/c1/bob"));
        assertThat(page.of(Track.DELIVERED)).isEmpty();
        assertThat(page.extent().heads())
                .containsExactly(GENERATION + 3, GENERATION, GENERATION + 1);
    }

    @Test
    void later_entry_of_a_name_supersedes_the_earlier_one() {
        logs.append(ALICE, changed(Sort.CHANGED, "7"));
        logs.append(ALICE, changed(Sort.CHANGED, "8"));
        logs.append(ALICE, changed(Sort.CHANGED, "7"));

        assertThat(changes()).containsExactly("c/c1/8", "c/c1/7");
    }

    @Test
    void message_comes_once_however_often_and_late_it_is_put() {
        logs.append(ALICE, new Append.Joined(C1, 0, 0));
        logs.append(ALICE, added(1, 3));
        logs.append(ALICE, added(2, 2));
        logs.append(ALICE, added(1, 3));
        logs.append(ALICE, added(3, 4));

        assertThat(changes()).containsExactly("m/c1/0", "a/c1/1", "a/c1/2", "a/c1/3", "a/c1/4");
    }

    @Test
    void gap_is_filled_and_a_large_one_by_the_whole_state() {
        logs.append(ALICE, new Append.Joined(C1, 0, 0));
        logs.append(ALICE, added(5, 5));
        assertThat(changes()).hasSize(6).endsWith("a/c1/4", "a/c1/5");

        Logs.Put put = logs.append(ALICE, added(1_000, 1_000));

        assertThat(put.refreshed()).isTrue();
        assertThat(changes()).hasSize(7).endsWith("m/c1/1000");
        logs.append(ALICE, added(1_001, 1_001));
        assertThat(changes()).endsWith("m/c1/1000", "a/c1/1001");
    }

    @Test
    void conversation_that_a_log_has_not_heard_of_comes_with_its_whole_state() {
        Logs.Put put = logs.append(ALICE, added(8, 8));
        logs.append(ALICE, added(7, 7));

        assertThat(put.refreshed()).isTrue();
        assertThat(changes()).containsExactly("m/c1/8");
    }

    @Test
    void who_joins_again_gets_the_whole_state_and_nothing_of_before() {
        logs.append(ALICE, new Append.Joined(C1, 0, 0));
        logs.append(ALICE, added(1, 1));
        logs.append(ALICE, new Append.Left(C1));
        logs.append(ALICE, new Append.Added(C1, 5, 6, 6));
        logs.append(ALICE, added(2, 2));

        assertThat(changes()).containsExactly("m/c1/0", "a/c1/1", "m/c1/x", "m/c1/6");
    }

    @Test
    void refresh_never_moves_behind_the_messages_that_rely_on_it() {
        logs.append(ALICE, added(8, 8));
        logs.append(ALICE, added(9, 9));
        logs.append(ALICE, new Append.Joined(C1, 0, 8));

        assertThat(changes()).containsExactly("m/c1/8", "a/c1/9", "m/c1/9");
    }

    @Test
    void log_knows_how_far_each_conversation_is_and_what_changed_last() {
        logs.append(ALICE, new Append.Joined(C1, 0, 0));
        logs.append(ALICE, added(1, 4));
        logs.append(ALICE, new Append.Joined(C2, 3, 9));

        assertThat(logs.reached(ALICE)).isEqualTo(Map.of("c1", 4L, "c2", 9L));
        assertThat(logs.newest(ALICE, 2)).containsExactly("m/c2/9", "a/c1/4");
        Map<Track, Long> past = new EnumMap<>(Track.class);
        for (Track track : Track.values()) {
            past.put(track, GENERATION + 1);
        }
        assertThat(logs.count(ALICE, past)).isEqualTo(5);
    }

    @Test
    void floor_rises_where_a_track_grows_too_long() {
        limits = Limits.standard().with("logEntries", 100);
        logs = open(redis);
        logs.append(ALICE, new Append.Joined(C1, 0, 0));
        for (long seq = 1; seq <= 200; seq++) {
            logs.append(ALICE, added(seq, seq));
        }

        Logs.Extent extent = logs.extent(ALICE);
        List<String> left = changes();

        assertThat(left).hasSizeBetween(100, 110).endsWith("a/c1/200");
        assertThat(extent.head(Track.CHANGES) - extent.floor(Track.CHANGES)).isEqualTo(left.size());
        assertThat(extent.floor(Track.READ)).isEqualTo(GENERATION);
    }

    @Test
    void floor_rises_as_days_pass() {
        logs.append(ALICE, new Append.Joined(C1, 0, 0));
        logs.append(ALICE, added(1, 5));
        time.advance(Duration.ofDays(4).toMillis());
        logs.append(ALICE, added(6, 6));
        assertThat(changes()).hasSize(7);

        time.advance(Duration.ofDays(4).toMillis());
        logs.append(ALICE, added(7, 7));
        assertThat(changes()).containsExactly("a/c1/6", "a/c1/7");
        assertThat(logs.extent(ALICE).floor(Track.CHANGES)).isEqualTo(GENERATION + 6);
    }

    @Test
    void log_is_void_once_its_process_has_started_anew_and_begins_above_the_old_one()
            throws Exception {
        logs.append(ALICE, new Append.Joined(C1, 0, 0));
        logs.append(ALICE, added(1, 3));

        nodes.restart(0);
        redis.close();
        redis = new RedisCluster(nodes.uris(), Duration.ofSeconds(2));
        logs = open(redis);

        assertThat(logs.extent(ALICE).floors()).containsOnly(2 * GENERATION);
        logs.append(ALICE, added(4, 4));
        assertThat(changes()).containsExactly("m/c1/4");
    }

    @Test
    void log_that_was_thrown_away_begins_above_the_old_one() throws Exception {
        logs.append(ALICE, changed(Sort.CHANGED, "1"));

        nodes.ask(0, "FLUSHALL");

        assertThat(logs.extent(ALICE).floors()).containsOnly(2 * GENERATION);
    }

    @Test
    void beginning_that_comes_late_does_no_harm() throws Exception {
        Logs.Extent first = logs.extent(ALICE);
        logs.append(ALICE, changed(Sort.CHANGED, "1"));
        String history =
                nodes.ask(0, "HGET offline_queue:{%s} history".formatted(installation.of(ALICE)))
                        .replaceFirst("(?s)^.*\\n", "");

        logs.begin(ALICE, history, 1);
        logs.begin(ALICE, history, 7);
        logs.begin(ALICE, "another history", 8);

        assertThat(logs.extent(ALICE).floors()).isEqualTo(first.floors());
        assertThat(changes()).containsExactly("c/c1/1");
    }

    @Test
    void many_at_once_put_every_message_once_and_in_order() throws Exception {
        int messages = 200;
        logs.append(ALICE, new Append.Joined(C1, 0, 0));
        List<Callable<Logs.Put>> steps = new ArrayList<>();
        LongStream.rangeClosed(1, messages)
                .forEach(seq -> {
                    steps.add(() -> logs.append(ALICE, added(seq, seq)));
                    steps.add(() -> logs.append(ALICE, added(seq, Math.min(messages, seq + 2))));
                });
        Collections.shuffle(steps, new Random(1));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Logs.Put> put : threads.invokeAll(steps, 60, TimeUnit.SECONDS)) {
                put.get();
            }
        }

        List<String> expected = new ArrayList<>(List.of("m/c1/0"));
        LongStream.rangeClosed(1, messages).forEach(seq -> expected.add("a/c1/" + seq));
        assertThat(changes()).isEqualTo(expected);
    }

    @Test
    void generation_is_handed_out_once() throws Exception {
        Generations generations = new Generations(cassandra, installation);
        List<Callable<Long>> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            all.add(() -> generations.next(ALICE, 0));
        }
        Set<Long> handedOut = new HashSet<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Long> one : threads.invokeAll(all, 60, TimeUnit.SECONDS)) {
                assertThat(handedOut.add(one.get())).isTrue();
            }
        }
        assertThat(generations.next(ALICE, 1_000)).isEqualTo(1_001);
        assertThat(generations.next(ALICE, 0)).isEqualTo(1_002);
    }
}
