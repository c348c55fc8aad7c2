package dev.bocau.push.apns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.eatthepath.pushy.apns.ApnsPushNotification;
import com.eatthepath.pushy.apns.DeliveryPriority;
import com.eatthepath.pushy.apns.PushType;
import com.eatthepath.pushy.apns.auth.ApnsVerificationKey;
import com.eatthepath.pushy.apns.server.MockApnsServer;
import com.eatthepath.pushy.apns.server.MockApnsServerBuilder;
import com.eatthepath.pushy.apns.server.ParsingMockApnsServerListenerAdapter;
import com.eatthepath.pushy.apns.server.PushNotificationHandlerFactory;
import com.eatthepath.pushy.apns.server.RejectedNotificationException;
import com.eatthepath.pushy.apns.server.RejectionReason;
import com.eatthepath.pushy.apns.server.ValidatingPushNotificationHandlerFactory;
import dev.bocau.model.ConversationId;
import dev.bocau.model.UserId;
import dev.bocau.push.Answer;
import dev.bocau.push.Notice;
import dev.bocau.testing.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Against pushy's server, which checks what Apple's checks: who signs, the token, the topic.
@NullUnmarked // it is there in every test
class ApnsTest {
    private static final String TOPIC = "org.example.app";
    private static final String TOKEN = "ab".repeat(32);
    private static final ConversationId C1 = new ConversationId("c1");

    @TempDir static Path folder;
    private static KeyStore signing;

    private final List<ApnsPushNotification> accepted = new CopyOnWriteArrayList<>();
    private MockApnsServer server;
    private Apns apns;

    @BeforeAll
    static void makeKeys() throws Exception {
        Certificates.make(folder, "RSA");
        Path forSigning = Files.createDirectory(folder.resolve("signing"));
        signing = Certificates.make(forSigning, "EC").store();
    }

    @AfterAll
    static void forgetKeys() {
        signing = null;
    }

    @AfterEach
    void close() {
        apns.close();
        if (server != null) {
            server.shutdown().join();
        }
    }

    private static ECPublicKey publicKey() throws Exception {
        return (ECPublicKey) signing.getCertificate("bocau").getPublicKey();
    }

    /// As strict as Apple's.
    private static PushNotificationHandlerFactory strict(Map<String, Instant> unregistered)
            throws Exception {
        ApnsVerificationKey key = new ApnsVerificationKey("KEYID12345", "TEAMID1234", publicKey());
        return new ValidatingPushNotificationHandlerFactory(
                Map.of(TOPIC, Set.of(TOKEN)),
                unregistered,
                Map.of(key.getKeyId(), key),
                Map.of(key, Set.of(TOPIC)));
    }

    private static PushNotificationHandlerFactory rejecting(RejectionReason reason) {
        return session ->
                (headers, body) -> {
                    throw new RejectedNotificationException(reason);
                };
    }

    private void start(PushNotificationHandlerFactory handlers, String keyId) throws Exception {
        server =
                new MockApnsServerBuilder()
                        .setServerCredentials(
                                folder.resolve("cert.pem").toFile(),
                                folder.resolve("key.pem").toFile(),
                                null)
                        .setHandlerFactory(handlers)
                        .setListener(
                                new ParsingMockApnsServerListenerAdapter() {
                                    @Override
                                    public void handlePushNotificationAccepted(
                                            ApnsPushNotification notification) {
                                        accepted.add(notification);
                                    }

                                    @Override
                                    public void handlePushNotificationRejected(
                                            ApnsPushNotification notification,
                                            RejectionReason reason,
                                            @Nullable Instant since) {}
                                })
                        .build();
        int port = server.start(0).join();
        apns =
                new Apns(
                        new Apns.Credentials(
                                folder.resolve("signing/key.pem"), keyId, "TEAMID1234", TOPIC),
                        new Apns.Address(
                                "localhost", port, Optional.of(folder.resolve("cert.pem"))),
                        InstantSource.system(),
                        Duration.ofSeconds(10));
    }

    private static Notice arrived(Optional<String> content) {
        return new Notice.Arrived(C1, "Friends", new UserId("alice"), "Alice", 3, 7, content);
    }

    @Test
    void notice_comes_as_an_alert_that_replaces_the_one_before_it() throws Exception {
        start(strict(Map.of()), "KEYID12345");

        assertThat(apns.push(TOKEN, arrived(Optional.empty())))
                .isEqualTo(new Answer.Accepted("200"));

        ApnsPushNotification push = accepted.getFirst();
        assertThat(push.getToken()).isEqualTo(TOKEN);
        assertThat(push.getTopic()).isEqualTo(TOPIC);
        assertThat(push.getPushType()).isEqualTo(PushType.ALERT);
        assertThat(push.getPriority()).isEqualTo(DeliveryPriority.IMMEDIATE);
        assertThat(push.getCollapseId()).isEqualTo(arrived(Optional.empty()).collapseId());
        JsonNode payload = JsonMapper.shared().readTree(push.getPayload());
        assertThat(payload.at("/aps/badge").asInt()).isEqualTo(7);
        assertThat(payload.at("/aps/alert/title").asString()).isEqualTo("Friends · Alice");
        assertThat(payload.at("/aps/alert/loc-key").asString()).isEqualTo("BOCAU_MESSAGES");
        assertThat(payload.at("/aps/alert/loc-args/0").asString()).isEqualTo("3");
        assertThat(payload.at("/aps/thread-id").asString()).isEqualTo("c1");
        assertThat(payload.at("/conversationId").asString()).isEqualTo("c1");
        assertThat(push.getPayload()).doesNotContain("body");
    }

    @Test
    void content_that_may_be_shown_fits_however_long_it_is() throws Exception {
        start(strict(Map.of()), "KEYID12345");

        assertThat(apns.push(TOKEN, arrived(Optional.of("\"\\".repeat(100_000)))))
                .isEqualTo(new Answer.Accepted("200"));

        String payload = accepted.getFirst().getPayload();
        assertThat(payload.length()).isLessThan(4_096);
        assertThat(JsonMapper.shared().readTree(payload).at("/aps/alert/body").asString())
                .startsWith("\"\\")
                .endsWith("…");
    }

    @Test
    void what_is_taken_back_comes_silently() throws Exception {
        start(strict(Map.of()), "KEYID12345");

        assertThat(apns.push(TOKEN, new Notice.TakenBack(C1, 0)))
                .isEqualTo(new Answer.Accepted("200"));

        ApnsPushNotification push = accepted.getFirst();
        assertThat(push.getPushType()).isEqualTo(PushType.BACKGROUND);
        assertThat(push.getPriority()).isEqualTo(DeliveryPriority.CONSERVE_POWER);
        JsonNode payload = JsonMapper.shared().readTree(push.getPayload());
        assertThat(payload.at("/aps/content-available").asInt()).isEqualTo(1);
        assertThat(payload.at("/aps/badge").asInt()).isZero();
        assertThat(payload.at("/aps/alert").isMissingNode()).isTrue();
        assertThat(payload.at("/type").asString()).isEqualTo("taken_back");
    }

    @Test
    void token_that_is_not_one_any_more_is_invalid() throws Exception {
        start(strict(Map.of(TOKEN, Instant.now())), "KEYID12345");

        assertThat(apns.push(TOKEN, arrived(Optional.empty())))
                .isEqualTo(new Answer.Invalid("410 Unregistered"));
        assertThat(apns.push("cd".repeat(32), arrived(Optional.empty())))
                .isInstanceOf(Answer.Invalid.class);
        assertThat(apns.push("not hexadecimal", arrived(Optional.empty())))
                .isInstanceOf(Answer.Invalid.class);
    }

    @Test
    void key_that_apple_does_not_know_is_no_fault_of_the_device() throws Exception {
        start(strict(Map.of()), "UNKNOWN123");

        assertThat(apns.push(TOKEN, arrived(Optional.empty())))
                .isInstanceOf(Answer.ProviderBusy.class);
    }

    @Test
    void device_that_gets_too_much_is_busy_alone() throws Exception {
        start(rejecting(RejectionReason.TOO_MANY_REQUESTS), "KEYID12345");

        assertThat(apns.push(TOKEN, arrived(Optional.empty())))
                .isEqualTo(new Answer.DeviceBusy("429 TooManyRequests", Optional.empty()));
    }

    @Test
    void server_that_cannot_is_busy() throws Exception {
        start(rejecting(RejectionReason.SERVICE_UNAVAILABLE), "KEYID12345");

        assertThat(apns.push(TOKEN, arrived(Optional.empty())))
                .isEqualTo(new Answer.ProviderBusy("503 ServiceUnavailable", Optional.empty()));
    }

    @Test
    void server_that_is_away_is_busy_too() throws Exception {
        start(strict(Map.of()), "KEYID12345");
        server.shutdown().join();
        server = null;

        assertThat(apns.push(TOKEN, arrived(Optional.empty())))
                .isInstanceOf(Answer.ProviderBusy.class);
    }

    @Test
    void key_file_that_cannot_be_used_is_told_in_words() throws Exception {
        start(strict(Map.of()), "KEYID12345");
        Path none = folder.resolve("none.p8");

        assertThatThrownBy(() ->
                        new Apns(
                                new Apns.Credentials(none, "KEYID12345", "TEAMID1234", TOPIC),
                                Apns.Address.of("localhost"),
                                InstantSource.system(),
                                Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none.p8");
    }
}
