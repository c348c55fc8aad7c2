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
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/// A port on which HTTP is spoken, by blocking handlers on virtual threads, with as many
/// connections as allowed; more wait to be accepted. Whatever is wrong with a request is told as a
/// {@link Problem}, also where it does not get as far as a route.
public final class HttpListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);
    private static final int BACKLOG = 1_024;

    /// Read at once. Uploads come in pieces of this.
    private static final int INPUT_BYTES = 1 << 16;

    private static final int SECOND_MS = 1_000;
    private static final int UNAUTHORIZED = 401;

    private final Javalin javalin;

    /// Something that is answered.
    public interface Part {
        void add(JavalinConfig config);
    }

    /// Starts to listen.
    ///
    /// @throws IllegalStateException if the address cannot be used
    public HttpListener(InetSocketAddress address, Limits limits, List<Part> parts) {
        javalin =
                Javalin.create(config -> {
                    config.startup.showJavalinBanner = false;
                    config.startup.showOldJavalinVersionWarning = false;
                    config.startup.startupWatcherEnabled = false;
                    config.concurrency.useVirtualThreads = true;
                    config.http.maxRequestSize = limits.httpBodyBytes();
                    config.http.prefer405over404 = true;
                    config.jsonMapper(new Json());
                    config.jetty.addConnector((server, http) -> {
                        HttpConnectionFactory requests = new HttpConnectionFactory(http);
                        requests.setInputBufferSize(INPUT_BYTES);
                        ServerConnector connector = new ServerConnector(server, requests);
                        connector.setHost(address.getHostString());
                        connector.setPort(address.getPort());
                        connector.setAcceptQueueSize(BACKLOG);
                        return connector;
                    });
                    config.jetty.modifyServer(server -> {
                        server.setErrorHandler(new Problems());
                        server.addBean(
                                new NetworkConnectionLimit(limits.httpConnections(), server));
                    });
                    problems(config.routes);
                    parts.forEach(part -> part.add(config));
                });
        try {
            javalin.start();
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    "cannot listen on %s: %s".formatted(address, e.getMessage()), e);
        }
        LOG.info("listening for HTTP on {}:{}", address.getHostString(), javalin.port());
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
                    Refusal refusal =
                            Refusal.of(Problem.code(status), String.valueOf(wrong.getMessage()));
                    answer(context, Problem.of(refusal, status));
                });
        routes.exception(
                Exception.class,
                (bug, context) -> {
                    LOG.error("{} {} failed", context.method(), context.path(), bug);
                    Refusal refusal = Refusal.retry(Code.UNAVAILABLE, "the server failed");
                    answer(context, Problem.of(refusal, 500));
                });
    }

    private static void answer(Context context, Problem problem) {
        context.status(problem.status()).json(problem).contentType(Problem.TYPE);
        if (problem.status() == UNAUTHORIZED) {
            context.header("WWW-Authenticate", "Bearer");
        }
        problem.retryAfterMs()
                .map(ms -> Long.toString((ms + SECOND_MS - 1) / SECOND_MS))
                .ifPresent(seconds -> context.header("Retry-After", seconds));
    }

    /// What Jetty finds wrong by itself.
    private static final class Problems extends ErrorHandler {
        @Override
        protected void generateResponse(
                Request request,
                Response response,
                int status,
                @Nullable String message,
                @Nullable Throwable cause,
                Callback callback) {
            response.write(true, body(status, message, response.getHeaders()), callback);
        }

        private static ByteBuffer body(
                int status, @Nullable String reason, HttpFields.Mutable fields) {
            fields.put(HttpHeader.CONTENT_TYPE, Problem.TYPE);
            Refusal refusal = Refusal.of(Problem.code(status), reason == null ? "refused" : reason);
            String json = Json.write(Problem.of(refusal, status));
            return ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8));
        }
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
