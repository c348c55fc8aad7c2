package dev.bocau.store.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.UserId;
import dev.bocau.redis.RedisCluster;
import dev.bocau.testing.RedisNodes;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Recent messages in a real Redis Cluster: what is there is the latest state, whatever comes late.
@NullUnmarked // they are there in every test
class RecentMessagesTest {
    private static final ConversationId C1 = new ConversationId("c1");
    private static RedisNodes nodes;
    private static RedisCluster redis;
    private static int installations;

    private final Random random = new Random(1);
    private RecentMessages recent;

    @BeforeAll
    static void connect() {
        nodes = new RedisNodes(1);
        redis = new RedisCluster(nodes.uris(), Duration.ofSeconds(2));
    }

    @AfterAll
    static void disconnect() {
        redis.close();
        nodes.close();
    }

    @BeforeEach
    void open() {
        recent =
                new RecentMessages(
                        new Functions(redis),
                        new Installation("test-" + installations++),
                        Runnable::run);
    }

    private Message message(long seq) {
        return new Message(
                MessageId.at(seq, random),
                C1,
                seq,
                new UserId("alice"),
                new DeviceId("phone"),
                new LocalId("l" + seq),
                Message.Kind.TEXT,
                "Xin chào",
                null,
                seq,
                1,
                null,
                null);
    }

    private void add(long from, long to) {
        recent.add(LongStream.rangeClosed(from, to).mapToObj(this::message).toList());
    }

    private List<Message> all() {
        return recent.between(C1, 1, Long.MAX_VALUE >> 12);
    }

    private List<Long> seqs() {
        return all().stream().map(Message::seq).toList();
    }

    @Test
    void message_comes_back_as_it_was() {
        Message message = message(1).edited("new", 5).recalled(7);

        recent.add(List.of(message));

        assertThat(all()).containsExactly(message);
        assertThat(recent.between(C1, 2, 5)).isEmpty();
        assertThat(recent.between(new ConversationId("c2"), 1, 5)).isEmpty();
    }

    @Test
    void newest_fifty_are_kept() {
        add(1, 30);
        add(31, 75);

        assertThat(seqs()).hasSize(50).startsWith(26L).endsWith(75L);
        assertThat(recent.between(C1, 70, 72))
                .extracting(Message::seq)
                .containsExactly(70L, 71L, 72L);
    }

    @Test
    void what_comes_twice_or_late_is_known_and_a_gap_is_not_bridged() {
        add(1, 3);
        add(2, 4);
        add(1, 2);
        assertThat(seqs()).containsExactly(1L, 2L, 3L, 4L);

        add(6, 6);
        add(5, 5);

        assertThat(seqs()).containsExactly(6L);
    }

    @Test
    void change_is_not_taken_back_by_what_was_under_way() {
        Message first = message(1);
        Message edited = first.edited("new", 5);
        recent.add(List.of(first));
        recent.change(edited.edited("newer", 6));
        recent.change(edited);
        recent.add(List.of(first));
        assertThat(all()).extracting(Message::content).containsExactly("newer");

        Message second = message(2);
        recent.change(second.recalled(9));
        recent.add(List.of(second));

        assertThat(all()).isEmpty();
        add(3, 3);
        assertThat(seqs()).containsExactly(3L);
    }

    @Test
    void nothing_counts_that_was_there_before_its_process_started_anew() throws IOException {
        add(1, 3);
        assertThat(seqs()).hasSize(3);
        recent.forget(C1);
        assertThat(all()).isEmpty();
        add(1, 3);

        nodes.restart(0);
        add(4, 4);

        assertThat(seqs()).containsExactly(4L);
    }
}
