package dev.bocau.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.bench.subject.Subject.Ear;
import org.junit.jupiter.api.Test;

class BooksTest {
    private static final String TALK = "talk";

    private final Books books = new Books(100);
    private final Books.Author author = books.author();
    private final Ear reader = books.reader();

    @Test
    void what_is_confirmed_and_heard_once_and_in_order_is_right() {
        for (int i = 0; i < 3; i++) {
            reader.heard(TALK, author.next(TALK, 1, System.nanoTime()));
            author.confirmed();
        }

        assertThat(books.complete()).isTrue();
        assertThat(books.page().right()).isTrue();
        assertThat(books.page().delivery().getTotalCount()).isEqualTo(3);
    }

    @Test
    void message_that_is_passed_over_is_misplaced_and_lost() {
        author.next(TALK, 1, 1);
        reader.heard(TALK, author.next(TALK, 1, 1));
        author.confirmed();
        author.confirmed();

        assertThat(books.complete()).isFalse();
        assertThat(books.page().misplaced()).isEqualTo(1);
        assertThat(books.page().lost()).isEqualTo(1);
    }

    @Test
    void message_that_comes_twice_and_confirmation_of_nothing_are_told() {
        String message = author.next(TALK, 1, 1);
        reader.heard(TALK, message);
        reader.heard(TALK, message);
        author.confirmed();
        author.confirmed();

        assertThat(books.page().doubled()).isEqualTo(2);
        assertThat(books.page().right()).isFalse();
    }

    @Test
    void latency_counts_from_when_it_was_due() {
        long due = System.nanoTime() - 50_000_000;
        reader.heard(TALK, author.next(TALK, 1, due));

        assertThat(books.page().delivery().getMinValue()).isGreaterThan(49_000_000);
    }

    @Test
    void message_has_reached_the_last_device_when_all_have_heard_it() {
        String message = author.next("group", 2, 1);
        reader.heard("group", message);
        assertThat(books.page().lastDelivery().getTotalCount()).isZero();
        books.reader().heard("group", message);

        assertThat(books.page().lastDelivery().getTotalCount()).isEqualTo(1);
    }

    @Test
    void refusals_are_counted_and_their_reasons_kept() {
        author.refused("too fast");

        assertThat(books.page().faults()).contains("1 refused too fast");
    }
}
