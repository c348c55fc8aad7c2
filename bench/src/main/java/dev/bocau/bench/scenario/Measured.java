package dev.bocau.bench.scenario;

import dev.bocau.bench.load.Books;
import java.io.IOException;
import org.HdrHistogram.Histogram;

/// What came of sending at a rate for some time.
///
/// @param serverCpuSeconds of all processes of the server, from the first message to the last
/// @param ownCpuSeconds of the load generator
record Measured(double perSecond, Books.Page page, double serverCpuSeconds, double ownCpuSeconds) {
    /// This, if everything has arrived as it should.
    Measured orFail() throws IOException {
        if (!page.right()) {
            throw new IOException("at %,.0f/s: %s".formatted(perSecond, page.faults()));
        }
        return this;
    }

    double confirmationMs(double percentile) {
        return ms(page.confirmation(), percentile);
    }

    double deliveryMs(double percentile) {
        return ms(page.delivery(), percentile);
    }

    double lastDeliveryMs(double percentile) {
        return ms(page.lastDelivery(), percentile);
    }

    static double ms(Histogram ns, double percentile) {
        return ns.getValueAtPercentile(percentile) / 1e6;
    }

    double serverCpuPerThousand() {
        return serverCpuSeconds * 1_000 / page.sent();
    }

    double ownCpuPerThousand() {
        return ownCpuSeconds * 1_000 / page.sent();
    }
}
