package dev.bocau.bench.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
    private final Table table =
            new Table(
                    "server",
                    new Table.Column("sends/s", "%,.0f"),
                    new Table.Column("p99, ms", "%.1f"));

    @Test
    void others_are_told_as_multiples_of_the_first() {
        table.add("Bocau", 4_000, 2.5);
        table.add("other", 1_000, Table.NONE);

        assertThat(table.toString())
                .isEqualTo(
                        """
                        | server |       sends/s | p99, ms |
                        | ------ | ------------: | ------: |
                        | Bocau  |         4,000 |     2.5 |
                        | other  | 1,000 (0.25×) |       – |
                        """);
    }

    @Test
    void server_that_failed_has_a_row_that_says_why() {
        table.add("Bocau", "FAILED: 3 lost");
        table.add("other", 1_000, 2);

        assertThat(table.toString())
                .contains("| Bocau  | FAILED: 3 lost |")
                .contains("| other  |   1,000 |     2.0 |");
    }
}
