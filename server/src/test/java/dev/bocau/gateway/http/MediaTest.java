package dev.bocau.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.frame.WireFormat;
import dev.bocau.limits.Limits;
import dev.bocau.media.SignedUrls;
import dev.bocau.model.Code;
import dev.bocau.protocol.Media;
import dev.bocau.protocol.MessageKind;
import dev.bocau.protocol.MessageReceived;
import dev.bocau.protocol.ServerFrame.BodyCase;
import dev.bocau.testing.Link;
import dev.bocau.testing.ServerFixture;
import dev.bocau.testing.SocketLink;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestImages;
import dev.bocau.testing.TestServer.Answer;
import dev.bocau.testing.TusClient;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/// What messages carry, from the upload to whoever may see it, and to nobody else.
@org.jspecify.annotations.NullUnmarked
class MediaTest extends ServerFixture {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final byte[] PHOTO = TestImages.photo(1_200, 800, 6);
    private static final byte[] HTML =
            "<!DOCTYPE html><html><script>alert(1)</script></html>"
                    .getBytes(StandardCharsets.UTF_8);

    private static Path data;
    private String conversation;

    @BeforeAll
    static void start(@TempDir Path folder) {
        data = folder;
        start(folder, Map.of());
    }

    @BeforeEach
    void begin() {
        conversation = conversation();
    }

    private TestDevice phone(String user, String id) {
        Link.Opener way = SocketLink.to(server.websocket(), WireFormat.PROTO);
        TestDevice device = device(user, id, way);
        device.connect();
        return device;
    }

    private String upload(String user, String name, byte[] content) {
        return new TusClient(server, server.token(user)).upload(name, content);
    }

    /// Sends it from a phone of Alice's.
    private MessageReceived sent(TestDevice from, MessageKind kind, String mediaId) {
        return from.awaitConfirmed(from.sendMedia(conversation, kind, "", mediaId));
    }

    private MessageReceived sentPhoto() {
        return sent(
                phone(alice, "iphone"),
                MessageKind.MESSAGE_KIND_IMAGE,
                upload(alice, "photo.jpg", PHOTO));
    }

    private Answer urls(String token, String messageId) {
        return server.ask(
                "GET",
                "/v1/conversations/%s/messages/%s/media".formatted(conversation, messageId),
                token,
                "");
    }

    private URI url(String user, String messageId, String rendition) {
        JsonNode urls = urls(server.token(user), messageId).body();
        return server.http(urls.get(rendition).asString());
    }

    private static HttpResponse<byte[]> fetch(URI url, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    // --------------------------------------------------------------------------------------------------------- sending

    @ParameterizedTest
    @EnumSource(WireFormat.class)
    void image_reaches_every_device_with_what_it_was_found_to_be(WireFormat format) {
        TestDevice pixel = device(bob, "pixel", SocketLink.to(server.websocket(), format));
        pixel.connect();
        TestDevice iphone = device(alice, "iphone", SocketLink.to(server.websocket(), format));
        iphone.connect();
        TestDevice ipad = phone(alice, "ipad");
        String id = upload(alice, "photo.jpg", PHOTO);

        MessageReceived received = sent(iphone, MessageKind.MESSAGE_KIND_IMAGE, id);

        Media media = pixel.await(BodyCase.NEW_MESSAGE).getNewMessage().getMedia();
        assertThat(media.getId()).isEqualTo(id);
        assertThat(media.getName()).isEqualTo("photo.jpg");
        assertThat(media.getType()).isEqualTo("image/jpeg");
        assertThat(media.getWidth()).as("upright").isEqualTo(800);
        assertThat(media.getHeight()).isEqualTo(1_200);
        assertThat(media.getThumbnail().getHeight()).isEqualTo(480);
        assertThat(media.getThumbnail().getWidth()).isEqualTo(320);
        assertThat(media.getBlurhash()).hasSize(28);
        assertThat(received.getMedia()).isEqualTo(media);
        assertThat(ipad.await(BodyCase.NEW_MESSAGE).getNewMessage().getMedia()).isEqualTo(media);
        awaitSame(pixel, phone(bob, "fresh"));
        awaitSame(iphone, phone(alice, "another"));
        JsonNode history =
                server.ask(
                                "GET",
                                "/v1/conversations/" + conversation + "/messages",
                                server.token(bob),
                                "")
                        .body()
                        .get("messages");
        assertThat(history.get(0).get("media").get("width").asInt()).isEqualTo(800);
    }

    /// Ticks may be on their way.
    private void awaitSame(TestDevice device, TestDevice fresh) {
        fresh.await("the message", () -> fresh.newest(conversation) == 1);
        device.await("what is new", () -> device.differenceFrom(fresh).isEmpty());
    }

    @Test
    void message_sent_again_carries_the_same_and_is_the_same() {
        TestDevice iphone = phone(alice, "iphone");
        String id = upload(alice, "a.html", HTML);
        String localId = iphone.sendMedia(conversation, MessageKind.MESSAGE_KIND_FILE, "look", id);
        iphone.awaitConfirmed(localId);
        String body =
                "{\"localId\":\"%s\",\"deviceId\":\"iphone\",\"kind\":\"file\",\"content\":\"look\",\"mediaId\":\"%s\"}";

        Answer again = post(body.formatted(localId, id));
        Answer other = post(body.formatted(localId, upload(alice, "b.html", HTML)));

        assertThat(again.body().get("seq").asLong()).isEqualTo(1);
        assertThat(other.body().get("code").asInt()).isEqualTo(Code.LOCAL_ID_CONFLICT.number());
    }

    private Answer post(String body) {
        return server.ask(
                "POST",
                "/v1/conversations/" + conversation + "/messages",
                server.token(alice),
                body);
    }

    private int refused(String kind, String mediaId) {
        Answer answer =
                post(
                        "{\"localId\":\"%s\",\"kind\":\"%s\",\"content\":\"x\",\"mediaId\":\"%s\"}"
                                .formatted("l" + System.nanoTime(), kind, mediaId));
        return answer.body().get("code").asInt();
    }

    @Test
    void what_cannot_be_carried_is_refused() {
        TusClient tus = new TusClient(server, server.token(alice));
        String html = upload(alice, "a.png", HTML);
        String half = tus.begin("half", 10);
        String theirs = upload(bob, "theirs", HTML);
        String given = tus.begin("given up", 10);
        tus.delete(given);

        assertThat(refused("text", html)).isEqualTo(Code.INVALID_FIELD.number());
        assertThat(refused("image", html)).isEqualTo(Code.MEDIA_REFUSED.number());
        assertThat(refused("file", half)).isEqualTo(Code.MEDIA_INCOMPLETE.number());
        assertThat(refused("file", theirs)).isEqualTo(Code.NO_SUCH_MEDIA.number());
        assertThat(refused("file", given)).isEqualTo(Code.NO_SUCH_MEDIA.number());
        assertThat(refused("file", "0".repeat(32))).isEqualTo(Code.NO_SUCH_MEDIA.number());
        assertThat(refused("file", "../../etc")).isEqualTo(Code.INVALID_FIELD.number());
        TestDevice iphone = phone(alice, "iphone");
        iphone.sendMedia(conversation, MessageKind.MESSAGE_KIND_FILE, "", half);
        iphone.awaitError(Code.MEDIA_INCOMPLETE.number());
    }

    @Test
    void image_without_media_is_what_the_apps_agree_on() {
        Answer answer = post("{\"localId\":\"1\",\"kind\":\"image\",\"content\":\"https://x/y\"}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(post("{\"localId\":\"2\",\"kind\":\"image\",\"content\":\"\"}").status())
                .isEqualTo(400);
    }

    @Test
    void caption_is_edited_and_the_image_stays() {
        TestDevice iphone = phone(alice, "iphone");
        TestDevice pixel = phone(bob, "pixel");
        MessageReceived sent =
                sent(iphone, MessageKind.MESSAGE_KIND_FILE, upload(alice, "a.html", HTML));
        pixel.awaitTexts(conversation, "");

        iphone.edit(conversation, sent.getServerId(), "a caption");
        pixel.awaitTexts(conversation, "a caption");
        iphone.edit(conversation, sent.getServerId(), "");
        pixel.awaitTexts(conversation, "");

        assertThat(pixel.view(conversation).messages().get(1L).media()).contains("a.html");
        assertThat(urls(server.token(bob), sent.getServerId()).status()).isEqualTo(200);
    }

    // --------------------------------------------------------------------------------------------------------- fetching

    @Test
    void member_fetches_image_and_thumbnail() throws IOException {
        MessageReceived sent = sentPhoto();

        HttpResponse<byte[]> image = fetch(url(bob, sent.getServerId(), "original"));
        HttpResponse<byte[]> thumbnail = fetch(url(bob, sent.getServerId(), "thumbnail"));

        assertThat(image.statusCode()).isEqualTo(200);
        assertThat(image.body()).hasSize((int) sent.getMedia().getBytes());
        assertThat(header(image, "Content-Type")).isEqualTo("image/jpeg");
        assertThat(header(image, "Content-Disposition")).startsWith("inline; filename=");
        assertThat(header(image, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(header(image, "Content-Security-Policy"))
                .isEqualTo("sandbox; default-src 'none'");
        assertThat(header(image, "Cache-Control")).matches("public, max-age=\\d+, immutable");
        BufferedImage small = ImageIO.read(new ByteArrayInputStream(thumbnail.body()));
        assertThat(small.getWidth()).isEqualTo(320);
        // The left side was red; turned by a quarter, it is the upper one.
        assertThat((small.getRGB(200, 10) >> 16) & 0xff).isGreaterThan(200);
        assertThat(small.getRGB(200, 470) & 0xff).isGreaterThan(200);
    }

    @Test
    void browser_keeps_urls_as_long_as_they_stay_the_same() {
        MessageReceived sent = sentPhoto();
        URI asked =
                server.http(
                        "/v1/conversations/%s/messages/%s/media"
                                .formatted(conversation, sent.getServerId()));

        HttpResponse<byte[]> urls = fetch(asked, "Authorization", "Bearer " + server.token(bob));

        assertThat(header(urls, "Cache-Control")).matches("private, max-age=\\d+");
        // Two people may share a browser.
        assertThat(header(urls, "Vary")).contains("Authorization");
    }

    @Test
    void image_no_longer_says_where_it_was_made() {
        MessageReceived sent = sentPhoto();

        byte[] image = fetch(url(bob, sent.getServerId(), "original")).body();

        assertThat(new String(PHOTO, StandardCharsets.ISO_8859_1)).contains("GPS", "Alice");
        assertThat(new String(image, StandardCharsets.ISO_8859_1))
                .doesNotContain("GPS", "Alice")
                .contains("Exif");
    }

    @Test
    void file_can_do_nothing_in_a_browser() {
        MessageReceived sent =
                sent(
                        phone(alice, "iphone"),
                        MessageKind.MESSAGE_KIND_FILE,
                        upload(alice, "thư \"mới\".html", HTML));

        HttpResponse<byte[]> file = fetch(url(bob, sent.getServerId(), "original"));

        assertThat(file.body()).isEqualTo(HTML);
        assertThat(header(file, "Content-Type")).isEqualTo("application/octet-stream");
        assertThat(header(file, "Content-Disposition"))
                .isEqualTo(
                        "attachment; filename=\"th_ _m_i_.html\"; filename*=UTF-8''th%C6%B0%20%22m%E1%BB%9Bi%22.html");
        assertThat(header(file, "Content-Security-Policy")).contains("sandbox");
        assertThat(urls(server.token(bob), sent.getServerId()).body().has("thumbnail")).isFalse();
    }

    @Test
    void parts_are_fetched_and_caches_are_told_what_they_have() throws Exception {
        MessageReceived sent = sentPhoto();
        URI url = url(bob, sent.getServerId(), "original");
        byte[] image = fetch(url).body();
        String tag = header(fetch(url), "ETag");

        HttpResponse<byte[]> part = fetch(url, "Range", "bytes=100-199");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo(java.util.Arrays.copyOfRange(image, 100, 200));
        assertThat(header(part, "Content-Range")).isEqualTo("bytes 100-199/" + image.length);
        assertThat(fetch(url, "Range", "bytes=-5").body())
                .isEqualTo(java.util.Arrays.copyOfRange(image, image.length - 5, image.length));
        assertThat(fetch(url, "Range", "bytes=99999999-").statusCode()).isEqualTo(416);
        assertThat(fetch(url, "Range", "bytes=0-1,3-4").statusCode()).isEqualTo(200);
        assertThat(fetch(url, "Range", "bytes=0-1", "If-Range", "\"x\"").statusCode())
                .isEqualTo(200);
        assertThat(fetch(url, "If-None-Match", tag).statusCode()).isEqualTo(304);
        HttpResponse<Void> head =
                HTTP.send(
                        HttpRequest.newBuilder(url).HEAD().build(),
                        HttpResponse.BodyHandlers.discarding());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(header(head, "Content-Length")).isEqualTo("" + image.length);
        assertThat(url(bob, sent.getServerId(), "original")).as("for caches").isEqualTo(url);
    }

    @Test
    void stranger_gets_nothing() {
        MessageReceived sent = sentPhoto();
        URI url = url(bob, sent.getServerId(), "original");

        assertThat(urls(server.token("mallory"), sent.getServerId()).status()).isEqualTo(403);
        assertThat(urls("", sent.getServerId()).status()).isEqualTo(401);
        for (String forged :
                new String[] {
                    url.toString().replace("viewer=" + bob, "viewer=mallory"),
                    url.toString().replace("viewer=" + bob, "viewer="),
                    url.toString().replaceAll("signature=.", "signature="),
                    url.toString().replaceAll("expires=\\d", "expires=9"),
                    url.toString().replace("original", "thumbnail"),
                    url.toString().replaceAll("\\?.*", ""),
                }) {
            assertThat(fetch(URI.create(forged)).statusCode()).as(forged).isEqualTo(403);
        }
        assertThat(urls(server.adminKey(), sent.getServerId()).status()).isEqualTo(200);
    }

    @Test
    void url_expires() throws IOException {
        MessageReceived sent = sentPhoto();
        byte[] key =
                Files.readString(data.resolve("token.key"))
                        .strip()
                        .getBytes(StandardCharsets.UTF_8);
        InstantSource yesterday =
                InstantSource.fixed(Instant.now().minus(java.time.Duration.ofDays(1)));
        SignedUrls old = new SignedUrls(key, "", Limits.standard(), yesterday);
        Optional<dev.bocau.model.MediaId> id =
                dev.bocau.model.MediaId.parse(sent.getMedia().getId());
        String url =
                old.url(
                        new dev.bocau.media.Grant(
                                id.orElseThrow(),
                                dev.bocau.media.Grant.Rendition.ORIGINAL,
                                new dev.bocau.model.ConversationId(conversation),
                                dev.bocau.model.MessageId.parse(sent.getServerId()).orElseThrow(),
                                Optional.of(new dev.bocau.model.UserId(bob)),
                                old.expiresAtMs()));

        HttpResponse<byte[]> answer = fetch(server.http(url));

        assertThat(answer.statusCode()).isEqualTo(410);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("4200");
    }

    @Test
    void whoever_has_left_gets_nothing_any_more_and_a_newcomer_nothing_from_before() {
        String group = conversation + "-group";
        server.admin(
                "PUT",
                "/v1/conversations/" + group,
                "{\"kind\":\"group\",\"title\":\"T\",\"members\":[\"%s\",\"%s\"]}"
                        .formatted(alice, bob));
        conversation = group;
        MessageReceived sent = sentPhoto();
        URI url = url(bob, sent.getServerId(), "original");
        assertThat(fetch(url).statusCode()).isEqualTo(200);

        server.admin("DELETE", "/v1/conversations/" + group + "/members/" + bob, "");
        server.admin("PUT", "/v1/conversations/" + group + "/members/carol", "{}");

        assertThat(fetch(url).statusCode()).isEqualTo(403);
        assertThat(urls(server.token(bob), sent.getServerId()).status()).isEqualTo(403);
        assertThat(urls(server.token("carol"), sent.getServerId()).status()).isEqualTo(404);
        assertThat(fetch(url(alice, sent.getServerId(), "original")).statusCode()).isEqualTo(200);
    }

    @Test
    void recall_takes_it_away_from_everybody() {
        TestDevice iphone = phone(alice, "iphone");
        TestDevice pixel = phone(bob, "pixel");
        MessageReceived sent =
                sent(iphone, MessageKind.MESSAGE_KIND_IMAGE, upload(alice, "photo.jpg", PHOTO));
        URI url = url(bob, sent.getServerId(), "original");

        iphone.recall(conversation, sent.getServerId());

        pixel.await("the recall", () -> pixel.view(conversation).messages().get(1L).recalled());
        assertThat(pixel.view(conversation).messages().get(1L).media()).isEmpty();
        assertThat(fetch(url).statusCode()).isEqualTo(404);
        assertThat(urls(server.token(bob), sent.getServerId()).status()).isEqualTo(404);
    }

    @Test
    void owner_sends_it_again_elsewhere_and_a_recall_takes_only_that() {
        String id = upload(alice, "photo.jpg", PHOTO);
        TestDevice iphone = phone(alice, "iphone");
        MessageReceived first = sent(iphone, MessageKind.MESSAGE_KIND_IMAGE, id);
        MessageReceived second = sent(iphone, MessageKind.MESSAGE_KIND_IMAGE, id);

        iphone.recall(conversation, first.getServerId());
        iphone.await("the recall", () -> iphone.view(conversation).messages().get(1L).recalled());

        assertThat(fetch(url(bob, second.getServerId(), "original")).statusCode()).isEqualTo(200);
        assertThat(urls(server.token(bob), first.getServerId()).status()).isEqualTo(404);
    }
}
