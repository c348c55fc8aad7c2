package dev.bocau.store.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.Conversation;
import dev.bocau.model.ConversationId;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Mark;
import dev.bocau.model.Media;
import dev.bocau.model.MediaId;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.ReadTime;
import dev.bocau.model.UserId;
import dev.bocau.redis.RedisCluster;
import dev.bocau.store.Acknowledgement;
import dev.bocau.store.Change;
import dev.bocau.store.Draft;
import dev.bocau.store.Outcome;
import dev.bocau.store.Reading;
import dev.bocau.store.Sent;
import dev.bocau.store.Store;
import dev.bocau.store.archive.ArchiveSource;
import dev.bocau.store.archive.ArchivedConversation;
import dev.bocau.store.archive.Migration;
import dev.bocau.store.embedded.EmbeddedArchive;
import dev.bocau.store.embedded.Folders;
import dev.bocau.testing.CassandraNodes;
import dev.bocau.testing.ManualTime;
import dev.bocau.testing.RedisNodes;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A data folder with something of everything in it is taken into a cluster.
@NullUnmarked // they are there in every test
class MigrationTest {
    private static final List<UserId> USERS =
            List.of(new UserId("alice"), new UserId("bob"), new UserId("carol"));
    private static final UserId ALICE = USERS.get(0);
    private static final UserId BOB = USERS.get(1);
    private static final UserId CAROL = USERS.get(2);
    private static final DeviceId PHONE = new DeviceId("phone");
    private static final ConversationId DIRECT = new ConversationId("direct");
    private static final ConversationId LONG = new ConversationId("long");
    private static final ConversationId FULL = new ConversationId("full");
    private static final ConversationId EMPTY = new ConversationId("empty");
    private static final int SMALL_GROUPS = 100;
    private static final Media PHOTO =
            new Media(
                    new MediaId("00112233445566778899aabbccddeeff"),
                    "bồ câu.jpg",
                    "image/jpeg",
                    123_456,
                    new Media.Size(4_000, 3_000),
                    new Media.Preview("LEHV6nWB2yk8pyo0adR*.7kCMdnj", new Media.Size(480, 360)));

    @TempDir Path folder;

    private final ManualTime time = new ManualTime();
    private final String installation = UUID.randomUUID().toString();
    private final List<String> reports = new ArrayList<>();
    private final List<MessageId> messages = new ArrayList<>();
    private ExecutorService threads;
    private Store before;

    @BeforeEach
    void fill() {
        threads = Executors.newVirtualThreadPerTaskExecutor();
        before = Folders.open(folder, Limits.standard(), time);
        before.putUser(ALICE, "Alice Nguyễn").orRefuse();
        group(LONG, Conversation.History.ALL, ALICE, BOB, CAROL);
        group(FULL, Conversation.History.FROM_JOIN, ALICE, BOB);
        group(EMPTY, Conversation.History.FROM_JOIN, ALICE);
        before.putConversation(
                        new Conversation(
                                DIRECT, Conversation.Kind.DIRECT, "", Conversation.History.ALL),
                        Set.of(ALICE, BOB))
                .orRefuse();
        for (UserId user : USERS) {
            before.connect(user, device("phone"), time.millis()).orRefuse();
            before.connect(user, device("tablet"), time.millis()).orRefuse();
        }
        send(LONG, 2_500);
        send(FULL, (int) ConversationView.BUCKET);
        send(DIRECT, 20);
        change("edit", messages.getFirst(), Optional.of("edited"));
        change("recall", messages.get(1), Optional.empty());
        before.read(new Reading(BOB, PHONE, LONG, 100, time.millis() - 5)).orRefuse();
        before.read(new Reading(BOB, new DeviceId("tablet"), LONG, 2_000, time.millis()))
                .orRefuse();
        CompletableFuture<Outcome<List<Mark>>> acknowledged =
                before.acknowledge(
                        new Acknowledgement(
                                BOB,
                                PHONE,
                                1,
                                Optional.empty(),
                                List.of(new Mark(DIRECT, 12), new Mark(LONG, 2_500))));
        time.advance(1_000); // it waits for others
        acknowledged.join().orRefuse();
        before.removeMember(LONG, CAROL).orRefuse();
        time.advance(10);
        before.putMember(LONG, CAROL).orRefuse();
        before.connect(BOB, device("tv").withPushToken("a push token"), time.millis()).orRefuse();
        before.mute(BOB, LONG, 99).orRefuse();
        before.removeMember(FULL, BOB).orRefuse();
        before.signOut(CAROL, new DeviceId("tablet")).orRefuse();
        for (int i = 0; i < SMALL_GROUPS; i++) {
            ConversationId id = new ConversationId("small-" + i);
            group(id, Conversation.History.ALL, ALICE, USERS.get(i % 3));
            send(id, i % 4);
        }
    }

    @AfterEach
    void stop() {
        before.close();
        threads.shutdownNow();
    }

    private void group(ConversationId id, Conversation.History history, UserId... members) {
        before.putConversation(
                        new Conversation(id, Conversation.Kind.GROUP, "Nhóm " + id, history),
                        Set.copyOf(List.of(members)))
                .orRefuse();
    }

    private static Device device(String id) {
        return new Device(
                new DeviceId(id),
                Device.Type.MOBILE,
                Device.Platform.ANDROID,
                "1.0",
                "token-" + id);
    }

    private void send(ConversationId id, int count) {
        for (int i = 1; i <= count; i++) {
            if (i % 100 == 0) {
                time.advance(1);
            }
            messages.add(before.send(draft(id, i)).join().orRefuse().value().message());
        }
    }

    private static Draft draft(ConversationId id, int i) {
        return new Draft(
                id,
                ALICE,
                PHONE,
                new LocalId("l" + i),
                Message.Kind.TEXT,
                "Xin chào " + i,
                i % 7 == 0 ? PHOTO : null,
                0);
    }

    private void change(String localId, MessageId message, Optional<String> content) {
        before.change(new Change(LONG, ALICE, PHONE, new LocalId(localId), message, content))
                .orRefuse();
    }

    private Engines engines() {
        return new Engines(
                CassandraNodes.shared().addresses(),
                "datacenter1",
                "migration_test",
                Optional.empty(),
                installation);
    }

    private ClusterArchive target() {
        return ClusterArchive.open(engines(), Limits.standard(), ReadTime.EARLIEST_READ_WINS);
    }

    private void migrate() {
        before.close();
        try (EmbeddedArchive from = EmbeddedArchive.open(folder);
                ClusterArchive to = target()) {
            new Migration(from, to, threads, reports::add).run();
        }
    }

    private Store cluster(RedisCluster redis) {
        return ClusterStore.open(
                engines(),
                redis,
                new ClusterContext(
                        Limits.standard(),
                        ReadTime.EARLIEST_READ_WINS,
                        time,
                        time,
                        new Random(1),
                        threads,
                        Duration.ofSeconds(10)),
                later -> {});
    }

    private static RedisCluster redis() {
        return new RedisCluster(RedisNodes.shared().uris(), Duration.ofSeconds(2));
    }

    @Test
    void everything_is_there_as_it_was_and_goes_on_from_there() {
        migrate();
        assertThat(reports.getLast()).startsWith("migrated and compared: 104 conversations");
        before = Folders.open(folder, Limits.standard(), time);

        try (RedisCluster redis = redis();
                Store after = cluster(redis)) {
            for (UserId user : USERS) {
                assertThat(after.devices(user)).isEqualTo(before.devices(user));
                assertThat(after.pushTargets(user)).isEqualTo(before.pushTargets(user));
                List<ConversationId> ids = before.conversations(user, Optional.empty(), 1_000);
                assertThat(after.conversations(user, Optional.empty(), 1_000)).isEqualTo(ids);
                for (ConversationId id : ids) {
                    assertThat(after.state(user, id, 1 << 20))
                            .isEqualTo(before.state(user, id, 1 << 20));
                }
            }
            assertThat(after.userName(ALICE)).contains("Alice Nguyễn");
            assertThat(after.history(LONG, 1, 10_000, 10_000))
                    .isEqualTo(before.history(LONG, 1, 10_000, 10_000));
            assertThat(after.status(LONG, 50)).isEqualTo(before.status(LONG, 50));

            goesOn(after);
        }
    }

    private void goesOn(Store after) {
        for (ConversationId id : List.of(LONG, FULL, DIRECT)) {
            Sent known = before.send(draft(id, 5)).join().orRefuse().value();
            assertThat(after.send(draft(id, 5)).join().orRefuse().value()).isEqualTo(known);
            Sent next = after.send(draft(id, 1_000_000)).join().orRefuse().value();
            assertThat(next.seq()).isEqualTo(before.history(id, 1, 10_000, 1).getFirst().seq() + 1);
            assertThat(after.seqOf(id, next.message())).contains(next.seq());
        }
        Outcome<?> edited =
                after.change(
                        new Change(
                                LONG,
                                ALICE,
                                PHONE,
                                new LocalId("later"),
                                messages.get(2),
                                Optional.of("later")));
        assertThat(edited).isInstanceOf(Outcome.Kept.class);
        assertThat(after.history(LONG, 1, 4, 1).getFirst().content()).isEqualTo("later");
        Outcome<?> denied = after.connect(CAROL, device("tablet"), time.millis() - 100_000);
        assertThat(((Outcome.Denied<?>) denied).refusal().code()).isEqualTo(Code.SIGNED_OUT);
        assertThat(after.connect(BOB, device("phone"), time.millis()).orRefuse().value().session())
                .isEqualTo(2);
        Outcome<?> second =
                after.putConversation(
                        new Conversation(
                                new ConversationId("second"),
                                Conversation.Kind.DIRECT,
                                "",
                                Conversation.History.ALL),
                        Set.of(ALICE, BOB));
        assertThat(((Outcome.Denied<?>) second).refusal().code()).isEqualTo(Code.CONFLICT);
    }

    @Test
    void given_up_in_the_middle_it_goes_on_there_and_no_server_starts_before_it_is_done() {
        before.close();
        try (EmbeddedArchive from = EmbeddedArchive.open(folder);
                RedisCluster redis = redis()) {
            try (ClusterArchive to = target()) {
                assertThatThrownBy(() ->
                                new Migration(failingAfter(from, 150), to, threads, reports::add)
                                        .run())
                        .hasMessage("the power is gone");
            }
            assertThatThrownBy(() -> cluster(redis)).hasMessageContaining("bocau migrate");

            AtomicInteger asked = new AtomicInteger();
            try (ClusterArchive to = target()) {
                new Migration(counting(from, asked), to, threads, reports::add).run();
                assertThat(asked.get()).isLessThan(2 * SMALL_GROUPS);
                new Migration(from, to, threads, reports::add).check();
            }
            assertThat(reports.getLast()).startsWith("compared: 104 conversations");
            cluster(redis).close();
        }
    }

    private static ArchiveSource counting(ArchiveSource source, AtomicInteger asked) {
        return (ArchiveSource)
                Proxy.newProxyInstance(
                        ArchiveSource.class.getClassLoader(),
                        new Class<?>[] {ArchiveSource.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("conversation")) {
                                asked.incrementAndGet();
                            }
                            try {
                                return method.invoke(source, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    /// Every conversation is asked for twice: to be put, and to be compared.
    private static ArchiveSource failingAfter(ArchiveSource source, int conversations) {
        AtomicInteger asked = new AtomicInteger();
        ArchiveSource counted = counting(source, asked);
        return (ArchiveSource)
                Proxy.newProxyInstance(
                        ArchiveSource.class.getClassLoader(),
                        new Class<?>[] {ArchiveSource.class},
                        (proxy, method, arguments) -> {
                            if (asked.get() >= conversations) {
                                throw new IllegalStateException("the power is gone");
                            }
                            return method.invoke(counted, arguments);
                        });
    }

    @Test
    void what_differs_is_found_and_named() {
        migrate();
        try (EmbeddedArchive from = EmbeddedArchive.open(folder);
                ClusterArchive to = target()) {
            ArchivedConversation direct = from.conversation(DIRECT).orElseThrow();
            Message message = from.messages(DIRECT, 7, 7).getFirst();
            to.put(DIRECT, List.of(message.edited("zzz", 1)));

            assertThat(direct.head()).isEqualTo(20);
            assertThatThrownBy(() -> new Migration(from, to, threads, reports::add).check())
                    .hasMessageContaining("direct messages from 1 on is not there as it was");
        }
    }

    @Test
    void cluster_that_a_server_has_used_is_left_alone() {
        try (RedisCluster redis = redis()) {
            cluster(redis).close();

            assertThatThrownBy(this::migrate).hasMessageContaining("has been used by a server");

            cluster(redis).close();
        }
    }
}
