package dev.bocau.store.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.model.Conversation;
import dev.bocau.model.Conversation.History;
import dev.bocau.model.Conversation.Kind;
import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.UserId;
import dev.bocau.store.cluster.Cassandra.Decision;
import dev.bocau.store.cluster.ConversationTable.New;
import dev.bocau.store.cluster.ConversationTable.SentBefore;
import dev.bocau.store.cluster.Roster.Membership;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is decided in a real Cassandra, and what is not.
@NullUnmarked // it is there in every test
class ConversationTableTest {
    private static final ConversationId C1 = new ConversationId("c1");
    private static final UserId ALICE = new UserId("alice");
    private static final UserId BOB = new UserId("bob");

    private static Cassandra cassandra;
    private static int installations;

    private final Random random = new Random(1);
    private Installation installation;
    private Rosters rosters;
    private ConversationTable table;
    private MessageReader messages;

    @BeforeAll
    static void connect() {
        cassandra = new Cassandra(TestEngines.keyspace("conversations_test"));
    }

    @AfterAll
    static void disconnect() {
        cassandra.close();
    }

    @BeforeEach
    void open() {
        installation = new Installation("test-" + installations++);
        rosters = new Rosters(cassandra, 1_000);
        table = new ConversationTable(cassandra, installation, rosters, 3_600);
        messages = new MessageReader(cassandra, installation);
    }

    private Roster roster(String title, UserId... members) {
        Map<UserId, Membership> all = new LinkedHashMap<>();
        for (UserId member : members) {
            all.put(member, new Membership(1, 0, 0));
        }
        Roster roster =
                new Roster(
                        UUID.randomUUID(),
                        new Conversation(C1, Kind.GROUP, title, History.ALL),
                        7,
                        all);
        rosters.put(roster);
        return roster;
    }

    private ConversationView created() {
        assertThat(table.create(C1, roster("first", ALICE, BOB))).isEqualTo(Decision.APPLIED);
        return view();
    }

    private ConversationView view() {
        return table.view(C1).orElseThrow();
    }

    private New message(long seq, String localId) {
        return new New(
                new Message(
                        MessageId.at(1_000 + seq, random),
                        C1,
                        seq,
                        ALICE,
                        new DeviceId("phone"),
                        new LocalId(localId),
                        Message.Kind.TEXT,
                        "Xin chào " + seq,
                        null,
                        1_000 + seq,
                        0,
                        null,
                        null),
                "alice/phone/" + localId,
                localId.getBytes(StandardCharsets.UTF_8));
    }

    private List<New> messages(ConversationView view, int count) {
        return LongStream.rangeClosed(view.head() + 1, view.head() + count)
                .mapToObj(seq -> message(seq, "m" + seq))
                .toList();
    }

    private Optional<SentBefore> sent(ConversationView view, String name) {
        return table.sent(view, view.bucket(), List.of(name)).getFirst();
    }

    @Test
    void conversation_that_nobody_made_is_not_there() {
        assertThat(table.view(C1)).isEmpty();
        assertThat(messages.between(C1, 1, 100)).isEmpty();
    }

    @Test
    void conversation_is_made_once() {
        ConversationView view = created();

        assertThat(view.head()).isZero();
        assertThat(view.version()).isEqualTo(1);
        assertThat(view.roster().conversation().title()).isEqualTo("first");
        assertThat(view.roster().members().keySet()).containsExactly(ALICE, BOB);
        assertThat(table.create(C1, roster("second", BOB))).isEqualTo(Decision.REJECTED);
        assertThat(view().roster()).isEqualTo(view.roster());
    }

    @Test
    void messages_are_added_all_at_once_and_read_as_they_were() {
        List<New> three = messages(created(), 3);

        assertThat(table.append(view(), three)).isEqualTo(Decision.APPLIED);

        assertThat(view().head()).isEqualTo(3);
        assertThat(view().lastMs()).isEqualTo(1_003);
        assertThat(messages.between(C1, 1, 100))
                .isEqualTo(three.stream().map(New::message).toList());
        assertThat(messages.between(C1, 2, 2)).containsExactly(three.get(1).message());
        SentBefore sent = sent(view(), "alice/phone/m2").orElseThrow();
        assertThat(sent.seq()).isEqualTo(2);
        assertThat(sent.message()).isEqualTo(three.get(1).message().id());
        assertThat(sent.fingerprint()).isEqualTo("m2".getBytes(StandardCharsets.UTF_8));
        assertThat(sent(view(), "alice/phone/m4")).isEmpty();
    }

    @Test
    void nothing_is_added_behind_a_head_that_has_moved() {
        ConversationView old = created();
        table.append(old, messages(old, 1));

        assertThat(table.append(old, List.of(message(1, "late")))).isEqualTo(Decision.REJECTED);

        assertThat(messages.between(C1, 1, 10)).hasSize(1);
        assertThat(sent(view(), "alice/phone/late")).isEmpty();
    }

    @Test
    void nothing_is_added_for_members_who_have_changed() {
        ConversationView old = created();
        assertThat(table.change(old, roster("without Bob", ALICE))).isEqualTo(Decision.APPLIED);

        assertThat(table.append(old, messages(old, 1))).isEqualTo(Decision.REJECTED);

        assertThat(view().version()).isEqualTo(2);
        assertThat(view().roster().members().keySet()).containsExactly(ALICE);
        assertThat(view().head()).isZero();
    }

    @Test
    void members_do_not_change_beside_a_message_that_they_would_not_see() {
        ConversationView old = created();
        table.append(old, messages(old, 1));

        assertThat(table.change(old, roster("late", ALICE))).isEqualTo(Decision.REJECTED);

        assertThat(view().version()).isEqualTo(1);
    }

    @Test
    void one_known_local_id_keeps_out_all_that_is_sent_with_it() {
        created();
        table.append(view(), List.of(message(1, "again")));

        Decision decision = table.append(view(), List.of(message(2, "new"), message(3, "again")));

        assertThat(decision).isEqualTo(Decision.REJECTED);
        assertThat(view().head()).isEqualTo(1);
        assertThat(messages.between(C1, 1, 10)).hasSize(1);
        assertThat(sent(view(), "alice/phone/new")).isEmpty();
    }

    private ConversationView full() {
        created();
        while (view().head() < ConversationView.BUCKET) {
            ConversationView view = view();
            assertThat(table.append(view, messages(view, 64))).isEqualTo(Decision.APPLIED);
        }
        return view();
    }

    @Test
    void roster_that_only_full_buckets_name_is_not_missed() {
        ConversationView full = full();
        table.turn(full);
        Roster second = roster("second", ALICE);
        assertThat(table.change(view(), second)).isEqualTo(Decision.APPLIED);
        cassandra.write("DELETE FROM roster WHERE roster = ?", full.roster().id());
        cassandra.write("DELETE FROM newest_bucket WHERE conversation = ?", installation.of(C1));

        ConversationTable elsewhere =
                new ConversationTable(
                        cassandra, installation, new Rosters(cassandra, 1_000), 3_600);

        assertThat(elsewhere.view(C1).orElseThrow().roster()).isEqualTo(second);
    }

    @Test
    void full_bucket_is_followed_by_another_that_knows_what_was_sent() {
        ConversationView full = full();
        assertThat(full.head()).isEqualTo(full.full());

        assertThat(table.turn(full)).isEqualTo(Decision.APPLIED);
        assertThat(table.turn(full)).isEqualTo(Decision.REJECTED);

        ConversationView next = view();
        assertThat(next.bucket()).isEqualTo(1);
        assertThat(next.head()).isEqualTo(1_024);
        assertThat(next.roster()).isEqualTo(full.roster());
        assertThat(table.append(next, messages(next, 2))).isEqualTo(Decision.APPLIED);
        assertThat(messages.between(C1, 1_023, 1_026))
                .extracting(Message::seq)
                .containsExactly(1_023L, 1_024L, 1_025L, 1_026L);
        assertThat(sent(next, "alice/phone/m5")).isPresent();
        assertThat(sent(next, "alice/phone/m1025")).isPresent();
    }

    @Test
    void writers_at_once_leave_no_hole_and_add_nothing_twice() throws Exception {
        created();
        int writers = 4;
        int each = 15;
        List<Callable<Void>> all = new ArrayList<>();
        for (int writer = 0; writer < writers; writer++) {
            int number = writer;
            all.add(() -> {
                for (int i = 0; i < each; i++) {
                    appendSomehow("w%d-%d".formatted(number, i));
                }
                return null;
            });
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Void> one : threads.invokeAll(all, 120, TimeUnit.SECONDS)) {
                one.get();
            }
        }

        List<Message> messages = this.messages.between(C1, 1, 1_000);
        assertThat(messages)
                .extracting(Message::seq)
                .isEqualTo(LongStream.rangeClosed(1, (long) writers * each).boxed().toList());
        assertThat(messages)
                .extracting(message -> message.localId().value())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, writers)
                                .boxed()
                                .flatMap(w ->
                                        IntStream.range(0, each)
                                                .mapToObj(i -> "w%d-%d".formatted(w, i)))
                                .toList());
    }

    /// As a node does it: the same again until there is a definite answer.
    private void appendSomehow(String localId) {
        while (sent(view(), "alice/phone/" + localId).isEmpty()) {
            ConversationView view = view();
            table.append(view, List.of(message(view.head() + 1, localId)));
        }
    }
}
