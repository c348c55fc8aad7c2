package dev.bocau.push.fcm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.bocau.model.ConversationId;
import dev.bocau.model.UserId;
import dev.bocau.push.Answer;
import dev.bocau.push.Notice;
import dev.bocau.testing.Certificates;
import dev.bocau.testing.ManualTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Against a server that answers as Google's documentation says.
@NullUnmarked // it is there in every test
class FcmTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Notice ARRIVED =
            new Notice.Arrived(
                    new ConversationId("c1"),
                    "Friends",
                    new UserId("alice"),
                    "Alice",
                    3,
                    7,
                    Optional.empty());

    @TempDir static Path folder;
    private static Certificate certificate;

    private final ManualTime time = new ManualTime();
    private final List<JsonNode> sent = new CopyOnWriteArrayList<>();
    private final AtomicInteger tokens = new AtomicInteger();
    private HttpServer google;
    private Fcm fcm;
    private volatile int status = 200;
    private volatile String answer = "{\"name\":\"projects/pigeon/messages/1\"}";
    private volatile String retryAfter = "";

    @BeforeAll
    static void makeKey() throws Exception {
        certificate = Certificates.make(folder, "RSA").store().getCertificate("bocau");
    }

    @BeforeEach
    void start() throws IOException {
        google = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        google.createContext("/token", this::giveToken);
        google.createContext("/v1/projects/pigeon/messages:send", this::take);
        google.start();
        URI address = URI.create("http://127.0.0.1:" + google.getAddress().getPort());
        Path file = folder.resolve("account.json");
        Files.writeString(
                file,
                JSON.writeValueAsString(
                        java.util.Map.of(
                                "type", "service_account",
                                "project_id", "pigeon",
                                "client_email", "pigeon@example.org",
                                "private_key", Files.readString(folder.resolve("key.pem")),
                                "token_uri", address + "/token")));
        fcm = new Fcm(ServiceAccount.read(file), address, time, Duration.ofSeconds(10));
    }

    @AfterEach
    void stop() {
        fcm.close();
        google.stop(0);
    }

    private void giveToken(HttpExchange exchange) throws IOException {
        String body =
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII);
        boolean good =
                URLDecoder.decode(body, StandardCharsets.US_ASCII)
                                .startsWith(
                                        "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=")
                        && isSigned(body.substring(body.indexOf("assertion=") + 10));
        String token = "token-" + tokens.incrementAndGet();
        respond(
                exchange,
                good ? 200 : 401,
                "{\"access_token\":\"%s\",\"expires_in\":3600}".formatted(token));
    }

    private static boolean isSigned(String assertion) {
        try {
            String[] parts = assertion.split("\\.", 3);
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initVerify(certificate);
            signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
            return signature.verify(Base64.getUrlDecoder().decode(parts[2]))
                    && claims.path("iss").asString("").equals("pigeon@example.org")
                    && claims.path("scope").asString("").endsWith("firebase.messaging");
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private void take(HttpExchange exchange) throws IOException {
        JsonNode body = JSON.readTree(exchange.getRequestBody().readAllBytes());
        String bearer = exchange.getRequestHeaders().getFirst("Authorization");
        if (!bearer.equals("Bearer token-" + tokens.get())) {
            respond(exchange, 401, "{\"error\":{\"status\":\"UNAUTHENTICATED\"}}");
            return;
        }
        sent.add(body);
        if (!retryAfter.isEmpty()) {
            exchange.getResponseHeaders().add("Retry-After", retryAfter);
        }
        respond(exchange, status, answer);
    }

    private static void respond(HttpExchange exchange, int status, String json) throws IOException {
        try (exchange) {
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private void refuse(int newStatus, String code) {
        status = newStatus;
        answer =
                "{\"error\":{\"code\":%d,\"status\":\"NOT_THIS\",\"details\":[{\"@type\":\"type.googleapis.com/google.firebase.fcm.v1.FcmError\",\"errorCode\":\"%s\"}]}}"
                        .formatted(newStatus, code);
    }

    @Test
    void notice_comes_as_data_and_one_access_token_serves_for_an_hour() {
        assertThat(fcm.push("a phone", ARRIVED)).isInstanceOf(Answer.Accepted.class);
        assertThat(fcm.push("a phone", ARRIVED)).isInstanceOf(Answer.Accepted.class);

        assertThat(tokens).hasValue(1);
        JsonNode message = sent.getFirst().path("message");
        assertThat(message.path("token").asString()).isEqualTo("a phone");
        assertThat(message.at("/data/type").asString()).isEqualTo("message");
        assertThat(message.at("/data/count").asString()).isEqualTo("3");
        assertThat(message.at("/data/badge").asString()).isEqualTo("7");
        assertThat(message.at("/android/priority").asString()).isEqualTo("HIGH");
        assertThat(message.at("/android/collapse_key").asString()).isEqualTo(ARRIVED.collapseId());
        assertThat(message.has("notification")).isFalse();
        time.advance(3_590_000);
        assertThat(fcm.push("a phone", ARRIVED)).isInstanceOf(Answer.Accepted.class);
        assertThat(tokens).hasValue(2);
    }

    @Test
    void what_is_taken_back_does_not_wake_the_phone() {
        fcm.push("a phone", new Notice.TakenBack(ARRIVED.conversation(), 0));

        assertThat(sent.getFirst().at("/message/android/priority").asString()).isEqualTo("NORMAL");
        assertThat(sent.getFirst().at("/message/data/type").asString()).isEqualTo("taken_back");
    }

    @Test
    void token_that_is_not_one_any_more_is_invalid() {
        refuse(404, "UNREGISTERED");
        assertThat(fcm.push("a phone", ARRIVED)).isEqualTo(new Answer.Invalid("404 UNREGISTERED"));
        refuse(403, "SENDER_ID_MISMATCH");
        assertThat(fcm.push("a phone", ARRIVED)).isInstanceOf(Answer.Invalid.class);
        status = 400;
        answer =
                "{\"error\":{\"status\":\"INVALID_ARGUMENT\",\"details\":[{\"fieldViolations\":[{\"field\":\"message.token\"}]}]}}";
        assertThat(fcm.push("a phone", ARRIVED)).isInstanceOf(Answer.Invalid.class);
    }

    @Test
    void request_that_is_refused_for_another_reason_is_not_the_tokens_fault() {
        status = 400;
        answer = "{\"error\":{\"status\":\"INVALID_ARGUMENT\",\"message\":\"ttl\"}}";

        assertThat(fcm.push("a phone", ARRIVED)).isInstanceOf(Answer.Refused.class);
    }

    @Test
    void busy_google_says_for_how_long() {
        refuse(429, "QUOTA_EXCEEDED");
        retryAfter = "45";
        assertThat(fcm.push("a phone", ARRIVED))
                .isInstanceOfSatisfying(
                        Answer.ProviderBusy.class,
                        busy -> assertThat(busy.retryAfter()).contains(Duration.ofSeconds(45)));
        retryAfter = "";
        refuse(503, "UNAVAILABLE");
        assertThat(fcm.push("a phone", ARRIVED)).isInstanceOf(Answer.ProviderBusy.class);
    }

    @Test
    void access_token_that_is_refused_is_fetched_again() {
        assertThat(fcm.push("a phone", ARRIVED)).isInstanceOf(Answer.Accepted.class);
        tokens.incrementAndGet();

        assertThat(fcm.push("a phone", ARRIVED)).isInstanceOf(Answer.ProviderBusy.class);
        assertThat(fcm.push("a phone", ARRIVED)).isInstanceOf(Answer.Accepted.class);
    }

    @Test
    void answer_that_is_no_json_or_too_long_or_none_is_survived() {
        answer = "<html>";
        status = 502;
        assertThat(fcm.push("a phone", ARRIVED)).isInstanceOf(Answer.ProviderBusy.class);
        answer = "x".repeat(1_000_000);
        assertThat(fcm.push("a phone", ARRIVED)).isInstanceOf(Answer.ProviderBusy.class);
        google.stop(0);
        assertThat(fcm.push("a phone", ARRIVED)).isInstanceOf(Answer.ProviderBusy.class);
    }

    @Test
    void key_file_that_is_none_is_told_in_words() throws IOException {
        Path file = folder.resolve("wrong.json");
        Files.writeString(file, "{\"project_id\":\"pigeon\"}");

        assertThatThrownBy(() -> ServiceAccount.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("wrong.json")
                .hasMessageContaining("client_email");
    }
}
