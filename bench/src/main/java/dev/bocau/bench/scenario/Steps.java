package dev.bocau.bench.scenario;

import java.util.List;

/// The rates that a server goes through, printed as they are done.
final class Steps {
    private Steps() {}

    static void heading() {
        System.out.printf(
                "| %8s | %8s | %8s | %8s | %12s | %8s | %8s | %14s | %13s | |%n",
                "sends/s",
                "✓ p50",
                "✓ p99",
                "✓ p99.9",
                "delivered p50",
                "p99",
                "p99.9 ms",
                "CPU s / 1,000",
                "the generator's");
        System.out.println("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|");
    }

    static Measured print(Measured measured) {
        System.out.printf(
                "| %,8.0f | %8.2f | %8.2f | %8.2f | %13.2f | %8.2f | %8.2f | %14.3f | %15.3f | %s |%n",
                measured.perSecond(),
                measured.confirmationMs(50),
                measured.confirmationMs(99),
                measured.confirmationMs(99.9),
                measured.deliveryMs(50),
                measured.deliveryMs(99),
                measured.deliveryMs(99.9),
                measured.serverCpuPerThousand(),
                measured.ownCpuPerThousand(),
                measured.page().right() ? "" : measured.page().faults());
        return measured;
    }

    /// What is kept of a step.
    static List<Table.Column> columns(double perSecond) {
        return List.of(
                new Table.Column("at %,.0f/s: ✓ p50, ms".formatted(perSecond), "%.2f"),
                new Table.Column("✓ p99", "%.2f"),
                new Table.Column("delivered p50, ms", "%.2f"),
                new Table.Column("p99", "%.2f"),
                new Table.Column("CPU s per 1,000", "%.3f"));
    }

    /// The figures of those columns.
    static double[] figures(Measured measured) {
        return new double[] {
            measured.confirmationMs(50),
            measured.confirmationMs(99),
            measured.deliveryMs(50),
            measured.deliveryMs(99),
            measured.serverCpuPerThousand()
        };
    }
}
