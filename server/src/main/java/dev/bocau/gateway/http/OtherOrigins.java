package dev.bocau.gateway.http;

import dev.bocau.gateway.Cors;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpStatus;
import java.util.Optional;

/// Lets pages of other origins use what is answered here: the app's own, on another server.
public final class OtherOrigins implements HttpListener.Part {
    private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";

    /// Headers that a page's script may read.
    private static final String EXPOSED =
            "Retry-After, Location, Tus-Resumable, Upload-Length, Upload-Offset, Upload-Expires";

    private final Cors cors;

    public OtherOrigins(Cors cors) {
        this.cors = cors;
    }

    @Override
    public void add(JavalinConfig config) {
        config.routes.before(this::allow);
    }

    private void allow(Context request) {
        Optional<String> origin = Optional.ofNullable(request.header("Origin"));
        cors.allowing(origin, EXPOSED).forEach(request::header);
        if (request.method().equals(HandlerType.OPTIONS)
                && request.header(Cors.PREFLIGHT) != null) {
            Cors.preflight(METHODS, Optional.ofNullable(request.header(Cors.WANTED_HEADERS)))
                    .forEach(request::header);
            request.status(HttpStatus.NO_CONTENT).skipRemainingHandlers();
        }
    }
}
