package dev.bocau.gateway.http;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Answers `GET /health` (200 while messages are accepted, else 503 and why) and `GET /metrics`
/// (Prometheus).
public final class OpsRoutes implements HttpListener.Part {
    private static final int UNAVAILABLE = 503;

    private final PrometheusMeterRegistry metrics;
    private final Supplier<Optional<String>> fault;

    /// @param fault why nothing can be kept at the moment; empty: all is well
    public OpsRoutes(PrometheusMeterRegistry metrics, Supplier<Optional<String>> fault) {
        this.metrics = metrics;
        this.fault = fault;
    }

    @Override
    public void add(JavalinConfig config) {
        config.routes.get("/health", this::health);
        config.routes.get("/metrics", this::metrics);
    }

    private void health(Context request) {
        Optional<String> why = fault.get();
        if (why.isEmpty()) {
            request.json(Map.of("status", "up"));
        } else {
            request.status(UNAVAILABLE).json(Map.of("status", "down", "reason", why.get()));
        }
    }

    private void metrics(Context request) {
        request.contentType("text/plain; version=0.0.4; charset=utf-8").result(metrics.scrape());
    }
}
