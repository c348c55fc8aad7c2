package dev.bocau.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bocau.limits.Limits;
import dev.bocau.model.Conversation;
import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Message;
import dev.bocau.model.Position.Cursor;
import dev.bocau.model.ReadTime;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import dev.bocau.store.Draft;
import dev.bocau.store.LogRead;
import dev.bocau.store.Outcome;
import dev.bocau.store.Reading;
import dev.bocau.store.Sent;
import dev.bocau.testing.ManualTime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What logs keep, and for how long.
class RetentionTest {
    private static final UserId ALICE = new UserId("alice");
    private static final UserId BOB = new UserId("bob");
    private static final ConversationId C1 = new ConversationId("c1");
    private static final DeviceId IPHONE = new DeviceId("iphone");
    private static final long DAY_MS = 24L * 60 * 60 * 1_000;

    @TempDir Path folder;
    private final ManualTime time = new ManualTime();

    private EmbeddedStore open(Limits limits) {
        return Folders.open(folder, limits, ReadTime.EARLIEST_READ_WINS, time);
    }

    private static void begin(EmbeddedStore store) {
        group(store, C1, List.of(ALICE, BOB));
    }

    private static void group(EmbeddedStore store, ConversationId id, List<UserId> members) {
        store.putConversation(
                        new Conversation(
                                id, Conversation.Kind.GROUP, "", Conversation.History.FROM_JOIN),
                        new LinkedHashSet<>(members))
                .orRefuse();
    }

    private static void send(EmbeddedStore store, int from, int to) {
        List<CompletableFuture<Outcome<Sent>>> all =
                IntStream.rangeClosed(from, to)
                        .mapToObj(i -> store.send(draft(C1, "m" + i)))
                        .toList();
        all.forEach(one -> one.join().orRefuse());
    }

    private static Draft draft(ConversationId conversation, String localId) {
        return new Draft(
                conversation,
                ALICE,
                IPHONE,
                new LocalId(localId),
                Message.Kind.TEXT,
                "hello",
                null,
                0);
    }

    private static LogRead read(EmbeddedStore store, Cursor from) {
        return store.read(BOB, from, Set.of(Track.values()), 100_000, 1 << 26);
    }

    @Test
    void log_keeps_its_newest_entries_and_says_so_to_those_who_are_further_behind() {
        try (EmbeddedStore store = open(Limits.standard().with("logEntries", 100))) {
            begin(store);
            Cursor atStart = store.head(BOB);
            send(store, 1, 150);
            Cursor at150 = store.head(BOB);
            send(store, 151, 250);

            await().until(() -> read(store, atStart) instanceof LogRead.Lost);
            assertThat(read(store, at150))
                    .isInstanceOfSatisfying(
                            LogRead.Page.class, page -> assertThat(page.entries()).hasSize(100));
            assertThat(store.reaches(BOB, atStart)).isFalse();
            assertThat(store.history(C1, 1, 300, 1_000)).hasSize(250);
        }
    }

    @Test
    void retention_counts_what_stands_not_what_was_superseded() {
        try (EmbeddedStore store = open(Limits.standard().with("logEntries", 100))) {
            begin(store);
            send(store, 1, 50);
            Cursor before = store.head(ALICE);
            for (int seq = 1; seq <= 50; seq++) {
                for (int device = 0; device < 10; device++) {
                    store.read(new Reading(BOB, new DeviceId("d" + device), C1, seq, time.millis()))
                            .orRefuse();
                }
            }
            store.sweep();

            assertThat(store.reaches(ALICE, before)).isTrue();
            assertThat(store.countPast(ALICE, before)).isEqualTo(1);
        }
    }

    @Test
    void entries_go_after_their_days_and_the_head_is_not_forgotten() {
        Limits limits = Limits.standard();
        Cursor before;
        Cursor head;
        try (EmbeddedStore store = open(limits)) {
            begin(store);
            before = store.head(BOB);
            send(store, 1, 5);
            store.read(new Reading(BOB, IPHONE, C1, 5, time.millis())).orRefuse();
            head = store.head(BOB);
            time.advance(limits.logDays() * DAY_MS - 1);
            store.sweep();
            assertThat(read(store, before)).isInstanceOf(LogRead.Page.class);

            time.advance(2);
            store.sweep();

            assertThat(read(store, before)).isInstanceOf(LogRead.Lost.class);
            assertThat(read(store, head)).isInstanceOf(LogRead.Page.class);
        }
        try (EmbeddedStore store = open(limits)) {
            assertThat(store.head(BOB).changes()).isEqualTo(head.changes());
            send(store, 6, 6);
            assertThat(store.head(BOB).changes()).isEqualTo(head.changes() + 1);
            store.read(new Reading(BOB, IPHONE, C1, 6, time.millis())).orRefuse();
            assertThat(store.countPast(BOB, head)).isEqualTo(2);
        }
    }

    /// Attack 12: cursor 5; retention trims to 20 between the floor check and the range read: the
    /// page starts at 21 unnoticed.
    @Test
    void reader_never_misses_entries_that_retention_takes_meanwhile() {
        try (EmbeddedStore store = open(Limits.standard().with("logEntries", 20))) {
            begin(store);
            Cursor at = store.head(BOB);
            boolean[] sending = {true};
            Thread sender =
                    Thread.startVirtualThread(() -> {
                        for (int i = 0; i < 60; i++) {
                            send(store, i * 50 + 1, i * 50 + 50);
                        }
                        sending[0] = false;
                    });
            long expected = 1;
            while (sender.isAlive()) {
                switch (store.read(BOB, at, Set.of(Track.CHANGES), 5, 1 << 20)) {
                    case LogRead.Lost gone -> {
                        at = store.head(BOB);
                        expected = -1;
                    }
                    case LogRead.Page page -> {
                        for (var entry : page.entries()) {
                            if (entry instanceof dev.bocau.model.Entry.Added(Message message)) {
                                assertThat(message.seq())
                                        .isEqualTo(expected < 0 ? message.seq() : expected);
                                expected = message.seq() + 1;
                            }
                        }
                        at = page.next();
                    }
                }
            }
            assertThat(sending[0]).isFalse();
        }
    }

    @Test
    void localIds_are_dropped_some_time_after_their_days() {
        Limits limits = Limits.standard();
        try (EmbeddedStore store = open(limits)) {
            begin(store);
            send(store, 1, 1);
            time.advance(3L * limits.localIdDays() * DAY_MS);
            store.sweep();

            assertThat(store.send(draft(C1, "m1")).join().orRefuse().value().seq()).isEqualTo(2);
        }
    }

    @Test
    void catching_up_after_many_superseded_receipts_finds_the_last_of_each() {
        try (EmbeddedStore store = open(Limits.standard())) {
            begin(store);
            send(store, 1, 2_000);
            Cursor before = store.head(ALICE);
            List<CompletableFuture<?>> all = new ArrayList<>();
            for (int seq = 1; seq <= 2_000; seq++) {
                all.add(
                        store.acknowledge(
                                new dev.bocau.store.Acknowledgement(
                                        BOB,
                                        IPHONE,
                                        0,
                                        java.util.Optional.empty(),
                                        List.of(new dev.bocau.model.Mark(C1, seq)))));
            }
            time.advance(100);
            all.forEach(CompletableFuture::join);

            LogRead.Page page =
                    (LogRead.Page) store.read(ALICE, before, Set.of(Track.DELIVERED), 100, 1 << 20);
            assertThat(page.entries()).hasSize(1);
            assertThat(page.next().delivered()).isEqualTo(before.delivered() + 2_000);
        }
    }

    @Test
    void more_conversations_and_logs_than_are_held_open_are_no_trouble() {
        Limits limits = Limits.standard().with("openMembers", 1_000).with("openLogs", 1_000);
        try (EmbeddedStore store = open(limits)) {
            int conversations = 30;
            int members = 100;
            for (int c = 0; c < conversations; c++) {
                List<UserId> users = new ArrayList<>();
                users.add(ALICE);
                for (int m = 0; m < members; m++) {
                    users.add(new UserId("u" + c + "-" + m));
                }
                group(store, new ConversationId("c" + c), users);
            }
            for (int round = 1; round <= 3; round++) {
                for (int c = 0; c < conversations; c++) {
                    Sent sent =
                            store.send(draft(new ConversationId("c" + c), "r" + round))
                                    .join()
                                    .orRefuse()
                                    .value();
                    assertThat(sent.seq()).isEqualTo(round);
                }
            }
            assertThat(store.head(new UserId("u7-7")).changes()).isEqualTo(4);
        }
    }
}
