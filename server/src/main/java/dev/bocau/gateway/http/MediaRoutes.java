package dev.bocau.gateway.http;

import dev.bocau.auth.Devices;
import dev.bocau.auth.Tokens;
import dev.bocau.chat.Conversations;
import dev.bocau.frame.Fields;
import dev.bocau.gateway.http.Bodies.MediaUrlsAnswer;
import dev.bocau.media.Downloads;
import dev.bocau.media.Grant;
import dev.bocau.media.Grant.Rendition;
import dev.bocau.media.SignedUrls;
import dev.bocau.model.Code;
import dev.bocau.model.ConversationId;
import dev.bocau.model.Media;
import dev.bocau.model.MessageId;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/// What messages carry: `…/media` of a message tells signed URLs of it, which its viewer may keep
/// for a while, and `/media/…` is what they lead to. Both look whether the message may be seen and
/// stands, so that after a recall, and for whoever has left, no URL leads anywhere on this server
/// any more; a CDN in front of it keeps what it has until the URL expires.
public final class MediaRoutes implements HttpListener.Part {
    private static final String ONE = SignedUrls.PATH + "{media}/{rendition}";
    private static final int SECOND_MS = 1_000;
    private static final Duration REDIRECTED = Duration.ofMinutes(1);

    private final Tokens tokens;
    private final Devices devices;
    private final Conversations conversations;
    private final Downloads downloads;
    private final SignedUrls urls;
    private final InstantSource clock;

    public MediaRoutes(
            Tokens tokens,
            Devices devices,
            Conversations conversations,
            Downloads downloads,
            SignedUrls urls,
            InstantSource clock) {
        this.tokens = tokens;
        this.devices = devices;
        this.conversations = conversations;
        this.downloads = downloads;
        this.urls = urls;
        this.clock = clock;
    }

    @Override
    public void add(JavalinConfig config) {
        RoutesConfig routes = config.routes;
        routes.get("/v1/conversations/{id}/messages/{messageId}/media", this::getUrls);
        routes.get(ONE, request -> answer(request, true));
        routes.head(ONE, request -> answer(request, false));
    }

    private void getUrls(Context request) {
        Caller caller = Caller.of(request, tokens, devices);
        Optional<UserId> viewer = caller.viewer();
        ConversationId conversation = Fields.conversation(request.pathParam("id"));
        MessageId message = Fields.message(request.pathParam("messageId"));
        Media media = conversations.media(viewer, conversation, message);
        var _ = downloads.bytes(media, Rendition.ORIGINAL);
        long expiresAtMs = urls.expiresAtMs();
        Grant original =
                new Grant(
                        media.id(), Rendition.ORIGINAL, conversation, message, viewer, expiresAtMs);
        Optional<String> thumbnail =
                Optional.ofNullable(media.preview())
                        .map(it -> urls.url(original.of(Rendition.THUMBNAIL)));
        request.header("Cache-Control", "private, max-age=" + secondsUntil(urls.sameUntilMs()))
                .header("Vary", "Authorization, Origin")
                .json(new MediaUrlsAnswer(urls.url(original), thumbnail, expiresAtMs));
    }

    private void answer(Context request, boolean withBytes) throws IOException {
        Grant grant =
                urls.grant(
                        request.pathParam("media"),
                        request.pathParam("rendition"),
                        request::queryParam);
        Media media = conversations.media(grant.viewer(), grant.conversation(), grant.message());
        if (!media.id().equals(grant.media())) {
            throw new Refused(Code.NO_SUCH_MEDIA, "the message carries something else");
        }
        Rendition rendition = grant.rendition();
        long bytes = downloads.bytes(media, rendition);
        String disposition = disposition(media);
        harmless(request, disposition);
        Optional<URI> elsewhere = downloads.address(media, rendition, disposition, REDIRECTED);
        if (elsewhere.isPresent()) {
            request.header("Cache-Control", "no-store");
            request.status(302).header("Location", elsewhere.get().toString());
            return;
        }
        long seconds = secondsUntil(grant.expiresAtMs());
        request.header("Cache-Control", "public, max-age=%d, immutable".formatted(seconds));
        String tag = "\"%s-%s\"".formatted(media.id(), rendition.ordinal());
        Span span = Span.of(request, bytes, tag);
        if (span.hasBytes()) {
            request.contentType(Downloads.servedType(media, rendition));
        }
        if (span.hasBytes() && withBytes) {
            try (InputStream in = downloads.open(media, rendition, span.from(), span.length())) {
                span.write(request, in);
            }
        }
    }

    private long secondsUntil(long ms) {
        return Math.max(0, ms - clock.millis()) / SECOND_MS;
    }

    /// Nothing that was uploaded may do anything in a browser, whatever it is.
    private static void harmless(Context request, String disposition) {
        request.header("X-Content-Type-Options", "nosniff")
                .header("Content-Security-Policy", "sandbox; default-src 'none'")
                .header("Cross-Origin-Resource-Policy", "cross-origin")
                .header("Referrer-Policy", "no-referrer")
                .header("Content-Disposition", disposition);
    }

    /// RFC 6266: the name in UTF-8, percent-encoded, and for old clients without what they do not
    /// know.
    private static String disposition(Media media) {
        String plain = media.name().replaceAll("[^A-Za-z0-9 ._-]", "_");
        String whole = URLEncoder.encode(media.name(), StandardCharsets.UTF_8).replace("+", "%20");
        return "%s; filename=\"%s\"; filename*=UTF-8''%s"
                .formatted(Downloads.shown(media) ? "inline" : "attachment", plain, whole);
    }
}
