package dev.bocau.push.apns;

import com.eatthepath.pushy.apns.ApnsClient;
import com.eatthepath.pushy.apns.ApnsClientBuilder;
import com.eatthepath.pushy.apns.DeliveryPriority;
import com.eatthepath.pushy.apns.PushNotificationResponse;
import com.eatthepath.pushy.apns.PushType;
import com.eatthepath.pushy.apns.auth.ApnsSigningKey;
import com.eatthepath.pushy.apns.util.ApnsPayloadBuilder;
import com.eatthepath.pushy.apns.util.SimpleApnsPayloadBuilder;
import com.eatthepath.pushy.apns.util.SimpleApnsPushNotification;
import dev.bocau.model.Device;
import dev.bocau.push.Answer;
import dev.bocau.push.Notice;
import dev.bocau.push.Provider;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The {@link Provider} that speaks to Apple. What is taken back comes as a background push, on
/// which the app removes its notification: Apple has nothing that removes one.
public final class Apns implements Provider {
    private static final Duration KEPT_FOR = Duration.ofDays(1);

    /// Whoever has this key in its app's strings shows the count in its user's language.
    private static final String COUNT_KEY = "BOCAU_MESSAGES";

    private static final Set<String> INVALID =
            Set.of("BadDeviceToken", "DeviceTokenNotForTopic", "ExpiredToken", "Unregistered");
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int FORBIDDEN = 403;
    private static final int SERVER_ERROR = 500;

    private final ApnsClient client;
    private final String topic;
    private final InstantSource clock;
    private final Duration timeout;

    /// Who this server is to Apple.
    ///
    /// @param file the `.p8` file of the key
    /// @param topic the app's bundle id
    public record Credentials(Path file, String keyId, String teamId, String topic) {}

    /// Where Apple answers.
    ///
    /// @param trusted PEM file of the certificate that it shows; empty: one that this Java trusts
    public record Address(String host, int port, Optional<Path> trusted) {
        public static Address of(String host) {
            return new Address(host, ApnsClientBuilder.DEFAULT_APNS_PORT, Optional.empty());
        }
    }

    /// @throws IllegalArgumentException in words for an operator
    public Apns(Credentials credentials, Address address, InstantSource clock, Duration timeout) {
        this.topic = credentials.topic();
        this.clock = clock;
        this.timeout = timeout;
        try {
            ApnsClientBuilder builder =
                    new ApnsClientBuilder()
                            .setApnsServer(address.host(), address.port())
                            .setConnectionTimeout(timeout)
                            .setSigningKey(
                                    ApnsSigningKey.loadFromPkcs8File(
                                            credentials.file().toFile(),
                                            credentials.teamId(),
                                            credentials.keyId()));
            address.trusted()
                    .ifPresent(file -> builder.setTrustedServerCertificateChain(file.toFile()));
            this.client = builder.build();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "cannot use the key %s: %s".formatted(credentials.file(), e), e);
        }
    }

    @Override
    public String name() {
        return "apns";
    }

    @Override
    public boolean takes(Device device) {
        return switch (device.platform()) {
            case IOS, MAC -> true;
            case ANDROID, WEB, WINDOWS, LINUX -> false;
        };
    }

    @Override
    public String destination(String pushToken) {
        return topic;
    }

    @Override
    public Answer push(String pushToken, Notice notice) {
        try {
            return answer(
                    client.sendNotification(notification(pushToken, notice))
                            .get(timeout.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return new Answer.ProviderBusy("no answer: " + e, Optional.empty());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer.ProviderBusy("no answer: " + e, Optional.empty());
        }
    }

    private SimpleApnsPushNotification notification(String pushToken, Notice notice) {
        boolean shown = notice instanceof Notice.Arrived;
        return new SimpleApnsPushNotification(
                pushToken,
                topic,
                payload(notice),
                clock.instant().plus(KEPT_FOR),
                shown ? DeliveryPriority.IMMEDIATE : DeliveryPriority.CONSERVE_POWER,
                shown ? PushType.ALERT : PushType.BACKGROUND,
                notice.collapseId());
    }

    private static String payload(Notice notice) {
        ApnsPayloadBuilder payload = new SimpleApnsPayloadBuilder();
        payload.setBadgeNumber(notice.badge());
        switch (notice) {
            case Notice.Arrived arrived -> {
                payload.setAlertTitle(arrived.from())
                        .setThreadId(arrived.conversation().value())
                        .setSound(ApnsPayloadBuilder.DEFAULT_SOUND_FILENAME)
                        .setMutableContent(true);
                if (arrived.content().isPresent()) {
                    payload.setAlertBody(arrived.content().get());
                } else {
                    payload.setLocalizedAlertMessage(COUNT_KEY, Integer.toString(arrived.count()));
                }
            }
            case Notice.TakenBack takenBack -> payload.setContentAvailable(true);
        }
        // The content stands in the alert.
        notice.fields()
                .forEach((name, value) -> {
                    if (!name.equals("content")) {
                        payload.addCustomProperty(name, value);
                    }
                });
        return payload.build();
    }

    private static Answer answer(PushNotificationResponse<?> response) {
        int status = response.getStatusCode();
        String reason = response.getRejectionReason().orElse("");
        String text = (status + " " + reason).strip();
        if (response.isAccepted()) {
            return new Answer.Accepted(text);
        }
        if (INVALID.contains(reason)) {
            return new Answer.Invalid(text);
        }
        if (reason.equals("TooManyRequests")) {
            return new Answer.DeviceBusy(text, Optional.empty());
        }
        return status >= SERVER_ERROR || status == FORBIDDEN || status == TOO_MANY_REQUESTS
                ? new Answer.ProviderBusy(text, Optional.empty())
                : new Answer.Refused(text);
    }

    /// What is under way is not waited for: it is pushed again.
    @Override
    public void close() {
        var _ = client.close();
    }
}
