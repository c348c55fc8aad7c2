package dev.bocau.store.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bocau.limits.Limits;
import dev.bocau.model.Conversation;
import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Entry;
import dev.bocau.model.LocalId;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.Position.Cursor;
import dev.bocau.model.ReadTime;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import dev.bocau.redis.RedisCluster;
import dev.bocau.store.Change;
import dev.bocau.store.Draft;
import dev.bocau.store.LogRead;
import dev.bocau.store.Outcome;
import dev.bocau.store.Reading;
import dev.bocau.store.Sent;
import dev.bocau.testing.ManualTime;
import dev.bocau.testing.RedisNodes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A node decides something, cannot put it into any log, and is never heard of again. Another one
/// notices.
@NullUnmarked // it is there in every test
class WatchTest {
    private static final ConversationId C1 = new ConversationId("c1");
    private static final UserId ALICE = new UserId("alice");
    private static final UserId BOB = new UserId("bob");
    private static final DeviceId PHONE = new DeviceId("phone");

    private final Installation installation = new Installation(UUID.randomUUID().toString());
    private final ManualTime deadTime = new ManualTime();
    private final ManualTime time = new ManualTime();
    private ExecutorService threads;
    private Cassandra cassandra;
    private RedisCluster lost;
    private RedisCluster redis;
    private ClusterStore dying;
    private ClusterStore living;

    @BeforeEach
    void start() {
        threads = Executors.newVirtualThreadPerTaskExecutor();
        cassandra = new Cassandra(TestEngines.keyspace("watch"));
        lost = new RedisCluster(RedisNodes.shared().uris(), Duration.ofSeconds(1));
        redis = new RedisCluster(RedisNodes.shared().uris(), Duration.ofSeconds(1));
        dying = store(lost, deadTime);
        living = store(redis, time);
        living.putConversation(
                        new Conversation(C1, Conversation.Kind.GROUP, "", Conversation.History.ALL),
                        Set.of(ALICE, BOB))
                .orRefuse();
    }

    private ClusterStore store(RedisCluster its, ManualTime clock) {
        return new ClusterStore(
                cassandra,
                its,
                installation,
                new ClusterContext(
                        Limits.standard(),
                        ReadTime.EARLIEST_READ_WINS,
                        clock,
                        clock,
                        new Random(1),
                        threads,
                        Duration.ofSeconds(2)),
                kept -> {},
                () -> {});
    }

    @AfterEach
    void stop() {
        living.close();
        threads.shutdownNow();
        redis.close();
        cassandra.close();
    }

    /// It lives on, as far as Cassandra can tell, but nothing that it begins later comes to pass.
    private void loseRedis() {
        lost.close();
    }

    private static Draft draft(UserId sender, String localId) {
        return new Draft(C1, sender, PHONE, new LocalId(localId), Message.Kind.TEXT, "x", null, 0);
    }

    private void awaitEntry(UserId user, Cursor from, Predicate<Entry> which) {
        assertThat(entries(user, from)).noneMatch(which);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> {
                    time.advance(Watch.BEAT.toMillis());
                    return entries(user, from).stream().anyMatch(which);
                });
    }

    private List<Entry> entries(UserId user, Cursor from) {
        LogRead read = living.read(user, from, Set.of(Track.values()), 100, 1 << 20);
        return ((LogRead.Page) read).entries();
    }

    @Test
    void message_of_a_dead_node_reaches_everybody() {
        Cursor alice = living.head(ALICE);
        Cursor bob = living.head(BOB);
        loseRedis();

        assertThat(dying.send(draft(ALICE, "1")).join().orRefuse().value().seq()).isEqualTo(1);

        awaitEntry(BOB, bob, WatchTest::hasOneMessage);
        awaitOrFound(ALICE, alice);
    }

    private void awaitOrFound(UserId user, Cursor from) {
        await().until(() -> entries(user, from).stream().anyMatch(WatchTest::hasOneMessage));
    }

    private static boolean hasOneMessage(Entry entry) {
        return entry instanceof Entry.Joined(var state) && state.recent().size() == 1;
    }

    @Test
    void who_was_removed_by_a_dead_node_is_told() {
        Cursor bob = living.head(BOB);
        loseRedis();

        assertThat(dying.removeMember(C1, BOB).orRefuse().value()).isTrue();

        awaitEntry(BOB, bob, new Entry.Left(C1)::equals);
        assertThat(living.conversations(BOB, Optional.empty(), 10)).isEmpty();
    }

    @Test
    void edit_by_a_dead_node_reaches_everybody_even_of_a_message_that_is_not_recent() {
        MessageId first = living.send(draft(ALICE, "first")).join().orRefuse().value().message();
        IntStream.range(0, Limits.standard().recentMessages())
                .forEach(i -> living.send(draft(ALICE, "later-" + i)).join().orRefuse());
        Cursor bob = living.head(BOB);
        loseRedis();

        Outcome<Sent> told =
                dying.change(
                        new Change(
                                C1, ALICE, PHONE, new LocalId("edit"), first, Optional.of("new")));

        assertThat(told).isInstanceOf(Outcome.Denied.class);
        awaitEntry(
                BOB,
                bob,
                entry ->
                        entry instanceof Entry.Changed(var message)
                                && message.content().equals("new"));
    }

    @Test
    void receipt_of_a_dead_node_reaches_the_sender() {
        living.send(draft(ALICE, "1")).join().orRefuse();
        Cursor alice = living.head(ALICE);
        loseRedis();

        dying.read(new Reading(BOB, PHONE, C1, 1, Reading.JUST_NOW)).orRefuse();

        awaitEntry(
                ALICE,
                alice,
                entry ->
                        entry instanceof Entry.Joined(var state)
                                && state.receipts().getFirst().readSeq() == 1);
    }

    @Test
    void node_that_was_adopted_and_goes_on_does_no_harm() {
        Cursor bob = living.head(BOB);
        loseRedis();
        dying.send(draft(ALICE, "1")).join().orRefuse();
        awaitEntry(BOB, bob, WatchTest::hasOneMessage);

        ClusterStore back = store(redis, deadTime);
        back.send(draft(ALICE, "2")).join().orRefuse();
        back.send(draft(ALICE, "1")).join().orRefuse();
        living.send(draft(BOB, "3")).join().orRefuse();
        back.close();

        assertThat(living.history(C1, 1, 10, 10))
                .extracting(Message::seq)
                .containsExactly(1L, 2L, 3L);
        assertThat(entries(BOB, bob))
                .filteredOn(Entry.Added.class::isInstance)
                .extracting(entry -> ((Entry.Added) entry).message().seq())
                .containsExactly(2L, 3L);
    }
}
