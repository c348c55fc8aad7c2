package dev.bocau.gateway.http;

import dev.bocau.auth.Devices;
import dev.bocau.auth.Tokens;
import dev.bocau.gateway.http.Bodies.MediaAnswer;
import dev.bocau.gateway.http.Bodies.UploadAnswer;
import dev.bocau.media.Checksum;
import dev.bocau.media.Uploads;
import dev.bocau.model.Code;
import dev.bocau.model.MediaId;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `/v1/media`: resumable uploads by tus 1.0 (tus.io), with the extensions creation,
/// creation-with-upload, checksum, expiration and termination. The last part of an upload's path is
/// the id of what was uploaded.
public final class UploadRoutes implements HttpListener.Part {
    private static final String PATH = "/v1/media";
    private static final String ONE = PATH + "/{id}";
    private static final String VERSION = "1.0.0";
    private static final String EXTENSIONS =
            "creation,creation-with-upload,checksum,expiration,termination";
    private static final String CHUNK = "application/offset+octet-stream";
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

    private final Tokens tokens;
    private final Devices devices;
    private final Uploads uploads;

    public UploadRoutes(Tokens tokens, Devices devices, Uploads uploads) {
        this.tokens = tokens;
        this.devices = devices;
        this.uploads = uploads;
    }

    @Override
    public void add(JavalinConfig config) {
        RoutesConfig routes = config.routes;
        routes.options(PATH, this::options);
        routes.options(ONE, this::options);
        routes.post(PATH, this::begin);
        routes.head(ONE, this::head);
        routes.get(ONE, this::get);
        routes.patch(ONE, this::append);
        routes.delete(ONE, this::terminate);
        routes.post(ONE, this::override);
    }

    private void options(Context request) {
        request.status(204)
                .header("Tus-Resumable", VERSION)
                .header("Tus-Version", VERSION)
                .header("Tus-Extension", EXTENSIONS)
                .header("Tus-Max-Size", Long.toString(uploads.mostBytes()))
                .header("Tus-Checksum-Algorithm", String.join(",", Checksum.ALGORITHMS));
    }

    /// For clients whose network knows neither PATCH nor DELETE.
    private void override(Context request) throws IOException {
        String method = request.header("X-HTTP-Method-Override");
        switch (method == null ? "" : method) {
            case "PATCH" -> append(request);
            case "DELETE" -> terminate(request);
            case "HEAD" -> head(request);
            default -> throw new HttpResponseException(405, "POST to " + PATH, Map.of());
        }
    }

    private void begin(Context request) throws IOException {
        UserId user = user(request);
        long bytes = number(request, "Upload-Length");
        String name = metadata(request.header("Upload-Metadata"), "filename");
        Uploads.State state = uploads.begin(user, name, bytes);
        request.header("Location", PATH + "/" + state.id());
        if (CHUNK.equals(request.contentType())) {
            state = append(request, user, state.id(), 0);
        }
        tell(request.status(201), state);
    }

    /// How far it has come. What was found in it is for GET to tell.
    private void head(Context request) {
        Uploads.State state = uploads.state(user(request), id(request));
        request.status(200)
                .header("Upload-Length", Long.toString(state.bytes()))
                .header("Cache-Control", "no-store");
        tell(request, state);
    }

    private void get(Context request) {
        UserId user = Caller.of(request, tokens, devices).requireUser();
        Uploads.State state = uploads.state(user, id(request));
        Optional<MediaAnswer> media =
                state.whole()
                        ? Optional.of(MediaAnswer.of(uploads.media(user, state.id())))
                        : Optional.empty();
        request.header("Cache-Control", "no-store")
                .json(
                        new UploadAnswer(
                                state.id().value(),
                                state.offset(),
                                state.bytes(),
                                state.expiresAtMs(),
                                media));
    }

    private void append(Context request) throws IOException {
        UserId user = user(request);
        if (!CHUNK.equals(request.contentType())) {
            throw new HttpResponseException(415, "the content type is to be " + CHUNK, Map.of());
        }
        long offset = number(request, "Upload-Offset");
        tell(request.status(204), append(request, user, id(request), offset));
    }

    private Uploads.State append(Context request, UserId user, MediaId id, long offset)
            throws IOException {
        String checksum = request.header("Upload-Checksum");
        Uploads.State state;
        try {
            state =
                    checksum == null
                            ? uploads.append(user, id, offset, request.bodyInputStream())
                            : uploads.append(
                                    user,
                                    id,
                                    offset,
                                    request.bodyInputStream(),
                                    Checksum.parse(checksum));
        } catch (IOException broken) {
            throw new Refused(Code.MALFORMED, "the request was cut off");
        }
        if (state.whole()) {
            var _ = uploads.media(user, id);
        }
        return state;
    }

    private void terminate(Context request) {
        uploads.terminate(user(request), id(request));
        request.status(204);
    }

    private static void tell(Context request, Uploads.State state) {
        request.header("Upload-Offset", Long.toString(state.offset()))
                .header("Upload-Expires", DATE.format(Instant.ofEpochMilli(state.expiresAtMs())));
    }

    private UserId user(Context request) {
        request.header("Tus-Resumable", VERSION);
        if (!VERSION.equals(request.header("Tus-Resumable"))) {
            request.header("Tus-Version", VERSION);
            throw new HttpResponseException(
                    412, "needs the header Tus-Resumable: " + VERSION, Map.of());
        }
        return Caller.of(request, tokens, devices).requireUser();
    }

    private static MediaId id(Context request) {
        return MediaId.parse(request.pathParam("id"))
                .orElseThrow(() -> new Refused(Code.NO_SUCH_MEDIA, "no such upload"));
    }

    private static long number(Context request, String header) {
        String value = request.header(header);
        try {
            long number = Long.parseLong(value == null ? "" : value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, as is a number that is too small.
        }
        throw new Refused(Code.INVALID_FIELD, header + " is to be a whole number");
    }

    /// A value of `key base64,key base64`; empty if there is none.
    private static String metadata(@Nullable String header, String key) {
        for (String pair : header == null ? new String[0] : header.split(",", -1)) {
            String[] parts = pair.strip().split(" ", 2);
            if (parts.length == 2 && parts[0].equals(key)) {
                try {
                    return new String(
                            Base64.getDecoder().decode(parts[1].strip()), StandardCharsets.UTF_8);
                } catch (IllegalArgumentException notBase64) {
                    throw new Refused(Code.INVALID_FIELD, "Upload-Metadata is to be base64");
                }
            }
        }
        return "";
    }
}
