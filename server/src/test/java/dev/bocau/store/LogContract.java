package dev.bocau.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.model.Entry;
import dev.bocau.model.Mark;
import dev.bocau.model.Position.Cursor;
import dev.bocau.model.Track;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Reading the log.
public abstract class LogContract extends StoreContract {

    @Test
    void reading_in_pages_gives_everything_once_and_in_order() {
        group(C1, ALICE, BOB);
        Cursor at = store.head(BOB);
        send(C1, ALICE, 100);
        List<Long> seqs = new ArrayList<>();

        boolean more = true;
        while (more) {
            LogRead.Page page =
                    (LogRead.Page) store.read(BOB, at, Set.of(Track.CHANGES), 7, ALL_BYTES);
            page.entries().forEach(entry -> seqs.add(((Entry.Added) entry).message().seq()));
            assertThat(page.entries().size()).isLessThanOrEqualTo(7);
            at = page.next();
            more = page.more();
        }

        assertThat(seqs).containsExactlyElementsOf(LongStream.rangeClosed(1, 100).boxed().toList());
        assertThat(at.changes()).isEqualTo(store.head(BOB).changes());
    }

    @Test
    void page_has_all_there_is_however_much_is_read_at_once() {
        group(C1, ALICE, BOB);
        Cursor at = store.head(BOB);
        send(C1, ALICE, 300);

        for (int room : List.of(127, 128, 129, 255, 256, 257, 299, 301)) {
            LogRead.Page page =
                    (LogRead.Page) store.read(BOB, at, Set.of(Track.CHANGES), room, ALL_BYTES);
            assertThat(page.entries()).hasSize(Math.min(room, 300));
            assertThat(page.more()).isEqualTo(room < 300);
        }
    }

    @Test
    void page_is_cut_by_bytes_but_holds_at_least_one_entry() {
        group(C1, ALICE, BOB);
        Cursor at = store.head(BOB);
        send(C1, ALICE, 3);

        LogRead.Page page = (LogRead.Page) store.read(BOB, at, Set.of(Track.CHANGES), 10, 1);

        assertThat(page.entries()).hasSize(1);
        assertThat(page.more()).isTrue();
    }

    @Test
    void tracks_are_read_separately_and_none_moves_the_others() {
        group(C1, ALICE, BOB);
        Cursor at = store.head(ALICE);
        send(C1, ALICE, 3);
        deliver(BOB, IPHONE, C1, 3);
        read(BOB, IPHONE, C1, 3);

        LogRead.Page changes = page(ALICE, at, Track.CHANGES);
        LogRead.Page reads = page(ALICE, at, Track.READ);

        assertThat(changes.entries()).hasSize(3);
        assertThat(changes.next().delivered()).isEqualTo(at.delivered());
        assertThat(changes.next().read()).isEqualTo(at.read());
        assertThat(reads.entries()).hasSize(1);
        assertThat(reads.next().changes()).isEqualTo(at.changes());
        assertThat(store.countPast(ALICE, at)).isEqualTo(5);
        assertThat(page(ALICE, at, Track.values()).entries()).hasSize(5);
    }

    @Test
    void cursor_at_the_head_of_an_empty_log_is_good() {
        Cursor nobody = store.head(CAROL);

        assertThat(store.reaches(CAROL, nobody)).isTrue();
        group(C1, ALICE, CAROL);
        assertThat(entries(CAROL, nobody)).hasSize(1);
        assertThat(store.reaches(CAROL, nobody)).isTrue();
    }

    @Test
    void cursor_from_before_a_restart_goes_on() {
        group(C1, ALICE, BOB);
        Cursor before = store.head(BOB);
        send(C1, ALICE, "1");
        reopen();
        send(C1, ALICE, "2");

        assertThat(seqs(BOB, before)).containsExactly(1L, 2L);
    }

    @Test
    void cursor_that_was_never_given_out_is_lost() {
        group(C1, ALICE, BOB);
        Cursor head = store.head(BOB);
        Cursor foreign =
                new Cursor(
                        new dev.bocau.model.Commit(12345, head.commit().number()),
                        head.changes(),
                        0,
                        0);
        Cursor future =
                new Cursor(
                        new dev.bocau.model.Commit(
                                head.commit().start(), head.commit().number() + 1),
                        head.changes(),
                        0,
                        0);
        Cursor beyond = new Cursor(head.commit(), head.changes() + 1, 0, 0);

        assertThat(store.reaches(BOB, foreign)).isFalse();
        assertThat(store.reaches(BOB, future)).isFalse();
        assertThat(store.reaches(BOB, beyond)).isFalse();
        assertThat(store.read(BOB, foreign, Set.of(Track.CHANGES), 10, 10))
                .isInstanceOf(LogRead.Lost.class);
    }

    @Test
    void passing_entries_delivers_the_newest_message_of_each_conversation() {
        group(C1, ALICE, BOB);
        group(C2, ALICE, BOB);
        Cursor from = store.head(BOB);
        send(C1, ALICE, 3);
        send(C2, ALICE, 2);
        Cursor to = store.head(BOB);
        send(C1, ALICE, "more");

        assertThat(store.passed(BOB, Optional.of(from), to))
                .containsExactlyInAnyOrder(new Mark(C1, 3), new Mark(C2, 2));
        assertThat(store.passed(BOB, Optional.of(to), to)).isEmpty();
        assertThat(store.passed(BOB, Optional.empty(), to))
                .containsExactlyInAnyOrder(new Mark(C1, 3), new Mark(C2, 2));
    }
}
