package dev.bocau.store.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.model.Code;
import dev.bocau.model.Conversation;
import dev.bocau.model.Conversation.History;
import dev.bocau.model.Conversation.Kind;
import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Message;
import dev.bocau.model.UserId;
import dev.bocau.store.Draft;
import dev.bocau.store.cluster.Roster.Membership;
import dev.bocau.store.cluster.Sending.Placed;
import dev.bocau.store.cluster.Sending.Result;
import dev.bocau.testing.ManualTime;
import java.util.ArrayList;
import java.util.Arrays;
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

/// Sends into conversations in a real Cassandra, as several nodes do that know different things.
@NullUnmarked // it is there in every test
class SendingTest {
    private static final ConversationId C1 = new ConversationId("c1");
    private static final UserId ALICE = new UserId("alice");
    private static final UserId BOB = new UserId("bob");

    private static Cassandra cassandra;
    private static int installations;

    private final ManualTime time = new ManualTime();
    private Rosters rosters;
    private ConversationTable table;
    private MessageReader messages;
    private Sending sending;

    @BeforeAll
    static void connect() {
        cassandra = new Cassandra(TestEngines.keyspace("sending_test"));
    }

    @AfterAll
    static void disconnect() {
        cassandra.close();
    }

    @BeforeEach
    void open() {
        rosters = new Rosters(cassandra, 1_000);
        Installation installation = new Installation("test-" + installations++);
        table = new ConversationTable(cassandra, installation, rosters, 3_600);
        messages = new MessageReader(cassandra, installation);
        sending = new Sending(table, time, time, new Random(1));
        assertThat(table.create(C1, roster(ALICE, BOB))).isEqualTo(Cassandra.Decision.APPLIED);
    }

    private Roster roster(UserId... members) {
        Map<UserId, Membership> all = new LinkedHashMap<>();
        Arrays.stream(members).forEach(member -> all.put(member, new Membership(1, 0, 0)));
        Conversation conversation = new Conversation(C1, Kind.GROUP, "", History.ALL);
        Roster roster = new Roster(UUID.randomUUID(), conversation, 0, all);
        rosters.put(roster);
        return roster;
    }

    private static Draft draft(UserId sender, String localId) {
        return draft(sender, localId, "content of " + localId);
    }

    private static Draft draft(UserId sender, String localId, String content) {
        return new Draft(
                C1,
                sender,
                new DeviceId("phone"),
                new LocalId(localId),
                Message.Kind.TEXT,
                content,
                null,
                0);
    }

    private Optional<ConversationView> view() {
        return table.view(C1);
    }

    private Result send(Draft... drafts) {
        return send(Optional.empty(), drafts);
    }

    private Result send(Optional<ConversationView> seen, Draft... drafts) {
        return sending.send(C1, List.of(drafts), seen, Long.MAX_VALUE);
    }

    private static List<Long> seqs(Result result) {
        return result.placed().stream().map(placed -> ((Placed.At) placed).seq()).toList();
    }

    private static Code code(Placed placed) {
        return ((Placed.Not) placed).refusal().code();
    }

    @Test
    void drafts_get_their_places_in_order() {
        Result result = send(draft(ALICE, "1"), draft(BOB, "1"), draft(ALICE, "2"));

        assertThat(seqs(result)).containsExactly(1L, 2L, 3L);
        assertThat(result.added()).isEqualTo(messages.between(C1, 1, 10));
        assertThat(result.view()).isEqualTo(view().orElseThrow());
        assertThat(result.settled()).isTrue();
    }

    @Test
    void draft_sent_again_is_the_same_message_whatever_is_known_of_the_conversation() {
        Optional<ConversationView> before = view();
        Placed.At first = (Placed.At) send(draft(ALICE, "1")).placed().getFirst();

        for (Optional<ConversationView> seen :
                List.of(Optional.<ConversationView>empty(), before, view())) {
            Result again = send(seen, draft(ALICE, "1"), draft(ALICE, "2-" + seen));
            assertThat(again.placed().getFirst())
                    .isEqualTo(
                            new Placed.At(
                                    first.message(), first.seq(), first.timestampMs(), false));
            assertThat(again.added()).hasSize(1);
        }
    }

    @Test
    void other_content_under_a_known_local_id_is_a_conflict() {
        send(draft(ALICE, "1"));

        Result result = send(draft(ALICE, "1", "something else"), draft(ALICE, "2"));

        assertThat(code(result.placed().getFirst())).isEqualTo(Code.LOCAL_ID_CONFLICT);
        assertThat(((Placed.At) result.placed().getLast()).seq()).isEqualTo(2);
    }

    @Test
    void who_is_no_member_is_refused_and_who_has_just_joined_is_not() {
        Optional<ConversationView> before = view();
        UserId carol = new UserId("carol");
        assertThat(code(send(before, draft(carol, "1")).placed().getFirst()))
                .isEqualTo(Code.NOT_A_MEMBER);

        table.change(before.orElseThrow(), roster(ALICE, carol));

        assertThat(seqs(send(before, draft(carol, "1")))).containsExactly(1L);
        Result left = send(before, draft(BOB, "1"), draft(ALICE, "1"));
        assertThat(code(left.placed().getFirst())).isEqualTo(Code.NOT_A_MEMBER);
        assertThat(((Placed.At) left.placed().getLast()).seq()).isEqualTo(2);
    }

    @Test
    void who_has_left_is_still_told_of_what_was_sent() {
        send(draft(BOB, "1"));
        table.change(view().orElseThrow(), roster(ALICE));

        assertThat(seqs(send(draft(BOB, "1")))).containsExactly(1L);
    }

    @Test
    void conversation_that_is_not_there_has_no_members() {
        Result result =
                sending.send(
                        new ConversationId("elsewhere"),
                        List.of(draft(ALICE, "1")),
                        Optional.empty(),
                        Long.MAX_VALUE);

        assertThat(code(result.placed().getFirst())).isEqualTo(Code.NOT_A_MEMBER);
        assertThat(result.view()).isNull();
    }

    @Test
    void time_that_is_up_is_a_refusal_that_passes() {
        Result result = sending.send(C1, List.of(draft(ALICE, "1")), view(), time.nowMs());

        Placed.Not refused = (Placed.Not) result.placed().getFirst();
        assertThat(refused.refusal().retryAfterMs()).isPositive();
        assertThat(messages.between(C1, 1, 10)).isEmpty();
    }

    @Test
    void messages_run_over_from_one_bucket_into_the_next() {
        Optional<ConversationView> seen = view();
        for (int batch = 0; batch < 18; batch++) {
            int number = batch;
            Draft[] drafts =
                    IntStream.range(0, 60)
                            .mapToObj(i -> draft(ALICE, number + "-" + i))
                            .toArray(Draft[]::new);
            seen = Optional.ofNullable(send(seen, drafts).view());
        }

        assertThat(view().orElseThrow().bucket()).isEqualTo(1);
        assertThat(messages.between(C1, 1, 2_000))
                .extracting(Message::seq)
                .isEqualTo(LongStream.rangeClosed(1, 1_080).boxed().toList());
        assertThat(seqs(send(seen, draft(ALICE, "0-5"), draft(ALICE, "17-59"))))
                .containsExactly(6L, 1_080L);
    }

    @Test
    void time_never_goes_back_in_a_conversation() {
        send(draft(ALICE, "1"));
        time.setClock(-60_000);
        send(draft(ALICE, "2"));
        time.advance(120_000);
        send(draft(ALICE, "3"));

        List<Long> times = messages.between(C1, 1, 10).stream().map(Message::timestampMs).toList();
        assertThat(times.get(1)).isEqualTo(times.get(0));
        assertThat(times.get(2)).isEqualTo(times.get(0) + 60_000);
    }

    @Test
    void same_drafts_on_several_nodes_at_once_become_one_message_each() throws Exception {
        List<Callable<Result>> nodes = new ArrayList<>();
        Draft[] drafts =
                IntStream.range(0, 20).mapToObj(i -> draft(ALICE, "m" + i)).toArray(Draft[]::new);
        for (int node = 0; node < 4; node++) {
            nodes.add(() -> {
                List<Placed> placed = new ArrayList<>();
                Optional<ConversationView> seen = Optional.empty();
                for (Draft draft : drafts) {
                    Result result = send(seen, draft);
                    placed.addAll(result.placed());
                    seen = Optional.ofNullable(result.view());
                }
                return new Result(placed, List.of(), null, true);
            });
        }
        List<List<Long>> seqs = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Result> node : threads.invokeAll(nodes, 120, TimeUnit.SECONDS)) {
                seqs.add(seqs(node.get()));
            }
        }

        assertThat(seqs).containsOnly(seqs.getFirst());
        assertThat(messages.between(C1, 1, 1_000)).hasSize(drafts.length);
    }
}
