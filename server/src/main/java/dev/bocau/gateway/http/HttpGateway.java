package dev.bocau.gateway.http;

import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.Refusal;
import dev.bocau.model.Refused;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.staticfiles.Location;
import java.net.InetSocketAddress;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/// Listens for HTTP.
public final class HttpGateway implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpGateway.class);
    private static final String WEB = "/web";
    private static final int SECOND_MS = 1_000;

    /// Part of the API.
    public interface Routes {
        void add(RoutesConfig routes);
    }

    private final Javalin javalin;

    /// Starts to listen.
    ///
    /// @throws IllegalStateException if the address cannot be used
    public HttpGateway(InetSocketAddress address, Limits limits, List<Routes> parts) {
        javalin =
                Javalin.create(config -> {
                    config.startup.showJavalinBanner = false;
                    config.startup.showOldJavalinVersionWarning = false;
                    config.startup.startupWatcherEnabled = false;
                    config.concurrency.useVirtualThreads = true;
                    config.http.maxRequestSize = limits.httpBodyBytes();
                    config.http.prefer405over404 = true;
                    config.jsonMapper(new Json());
                    config.jetty.host = address.getHostString();
                    config.jetty.port = address.getPort();
                    page(config);
                    problems(config.routes);
                    parts.forEach(part -> part.add(config.routes));
                });
        try {
            javalin.start();
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    "cannot listen on %s: %s".formatted(address, e.getMessage()), e);
        }
        LOG.info("listening for HTTP on {}:{}", address.getHostString(), javalin.port());
    }

    /// The web client, if this build has it.
    private static void page(JavalinConfig config) {
        if (HttpGateway.class.getResource(WEB + "/index.html") == null) {
            LOG.warn("this build has no web client");
            return;
        }
        config.staticFiles.add(files -> {
            files.hostedPath = "/";
            files.directory = WEB;
            files.location = Location.CLASSPATH;
            files.headers =
                    java.util.Map.of(
                            "Content-Security-Policy",
                            "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
                            "X-Content-Type-Options",
                            "nosniff",
                            "Referrer-Policy",
                            "no-referrer",
                            "Cache-Control",
                            "no-cache");
        });
    }

    private static void problems(RoutesConfig routes) {
        routes.exception(
                Refused.class,
                (refused, context) -> answer(context, Problem.of(refused.refusal())));
        routes.exception(
                JacksonException.class,
                (invalid, context) -> {
                    String why = "the body does not fit: " + invalid.getOriginalMessage();
                    answer(context, Problem.of(Refusal.of(Code.MALFORMED, why)));
                });
        routes.exception(
                HttpResponseException.class,
                (wrong, context) -> {
                    int status = wrong.getStatus();
                    Code code =
                            switch (status) {
                                case 404, 405 -> Code.UNKNOWN_TYPE;
                                case 413 -> Code.CONTENT_TOO_LARGE;
                                default -> Code.MALFORMED;
                            };
                    Refusal refusal = Refusal.of(code, String.valueOf(wrong.getMessage()));
                    answer(context, Problem.of(refusal, status));
                });
        routes.exception(
                Exception.class,
                (bug, context) -> {
                    LOG.error("{} {} failed", context.method(), context.path(), bug);
                    Refusal refusal =
                            Refusal.retry(Code.UNAVAILABLE, "the server failed", SECOND_MS);
                    answer(context, Problem.of(refusal, 500));
                });
    }

    private static void answer(Context context, Problem problem) {
        context.status(problem.status()).json(problem).contentType("application/problem+json");
        problem.retryAfterMs()
                .map(ms -> Long.toString((ms + SECOND_MS - 1) / SECOND_MS))
                .ifPresent(seconds -> context.header("Retry-After", seconds));
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
