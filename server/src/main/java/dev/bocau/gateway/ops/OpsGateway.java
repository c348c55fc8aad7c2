package dev.bocau.gateway.ops;

import io.javalin.Javalin;
import io.javalin.http.Context;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Supplier;

/// Answers `GET /health` (200 while messages are accepted, else 503 and why) and `GET /metrics`
/// (Prometheus).
public final class OpsGateway implements AutoCloseable {
    private static final int UNAVAILABLE = 503;

    private final Javalin javalin;
    private final PrometheusMeterRegistry metrics;
    private final Supplier<Optional<String>> fault;

    /// Starts to listen.
    ///
    /// @param fault why nothing can be kept at the moment; empty: all is well
    /// @throws IllegalStateException if the address cannot be used
    public OpsGateway(
            InetSocketAddress address,
            PrometheusMeterRegistry metrics,
            Supplier<Optional<String>> fault) {
        this.metrics = metrics;
        this.fault = fault;
        javalin =
                Javalin.create(config -> {
                    config.startup.showJavalinBanner = false;
                    config.startup.showOldJavalinVersionWarning = false;
                    config.startup.startupWatcherEnabled = false;
                    config.concurrency.useVirtualThreads = true;
                    config.jetty.host = address.getHostString();
                    config.jetty.port = address.getPort();
                    config.routes.get("/health", this::health);
                    config.routes.get("/metrics", this::metrics);
                });
        try {
            javalin.start();
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    "cannot listen on %s: %s".formatted(address, e.getMessage()), e);
        }
    }

    private void health(Context request) {
        Optional<String> why = fault.get();
        request.contentType("application/json");
        if (why.isEmpty()) {
            request.result("{\"status\":\"up\"}");
        } else {
            String reason = why.get().replace("\\", "\\\\").replace("\"", "\\\"");
            request.status(UNAVAILABLE)
                    .result("{\"status\":\"down\",\"reason\":\"" + reason + "\"}");
        }
    }

    private void metrics(Context request) {
        request.contentType("text/plain; version=0.0.4; charset=utf-8").result(metrics.scrape());
    }

    /// The port, also where 0 was asked for.
    public int port() {
        return javalin.port();
    }

    @Override
    public void close() {
        javalin.stop();
    }
}
