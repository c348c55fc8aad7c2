package dev.bocau.push.web;

import dev.bocau.model.Device;
import dev.bocau.push.Answer;
import dev.bocau.push.HttpAnswer;
import dev.bocau.push.Notice;
import dev.bocau.push.Provider;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import tools.jackson.databind.json.JsonMapper;

/// The {@link Provider} for browsers, each through the push service of its maker.
public final class WebPush implements Provider {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration KEPT_FOR = Duration.ofDays(1);

    /// Where what no push service would get is refused.
    private static final String NOWHERE = "nowhere";

    private static final int NOT_FOUND = 404;
    private static final int GONE = 410;

    private final Vapid vapid;
    private final PushServices services;
    private final SecureRandom random;
    private final Duration timeout;
    private final HttpClient http;

    public WebPush(Vapid vapid, PushServices services, SecureRandom random, Duration timeout) {
        this.vapid = vapid;
        this.services = services;
        this.random = random;
        this.timeout = timeout;
        this.http =
                HttpClient.newBuilder()
                        .connectTimeout(timeout)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build();
    }

    @Override
    public String name() {
        return "web";
    }

    /// A subscription is JSON; no other token is.
    @Override
    public boolean takes(Device device) {
        String token = device.pushToken();
        return token != null && token.startsWith("{");
    }

    @Override
    public String destination(String pushToken) {
        try {
            return services.entry(Subscription.of(pushToken).endpoint()).orElse(NOWHERE);
        } catch (IllegalArgumentException e) {
            return NOWHERE;
        }
    }

    @Override
    public Answer push(String pushToken, Notice notice) {
        Subscription to;
        try {
            to = Subscription.of(pushToken);
        } catch (IllegalArgumentException e) {
            return new Answer.Invalid(String.valueOf(e.getMessage()));
        }
        if (services.entry(to.endpoint()).isEmpty()) {
            return new Answer.Refused(to.endpoint().getHost() + " is not in push.web.services");
        }
        try {
            HttpResponse<byte[]> response = http.send(request(to, notice), HttpAnswer.body());
            return switch (response.statusCode()) {
                case NOT_FOUND, GONE -> new Answer.Invalid(HttpAnswer.text(response));
                default -> HttpAnswer.of(response);
            };
        } catch (IOException e) {
            return HttpAnswer.none(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return HttpAnswer.none(e);
        }
    }

    private HttpRequest request(Subscription to, Notice notice) {
        byte[] salt = new byte[Encryption.SALT_BYTES];
        random.nextBytes(salt);
        byte[] plain = JSON.writeValueAsBytes(notice.fields());
        byte[] body = Encryption.encrypt(plain, to, Vapid.makePair(), salt);
        boolean urgent = notice instanceof Notice.Arrived;
        return HttpRequest.newBuilder(to.endpoint())
                .timeout(timeout)
                .header("Authorization", vapid.authorization(to.endpoint()))
                .header("Content-Encoding", "aes128gcm")
                .header("Content-Type", "application/octet-stream")
                .header("TTL", Long.toString(KEPT_FOR.toSeconds()))
                .header("Topic", notice.collapseId())
                .header("Urgency", urgent ? "high" : "normal")
                .POST(BodyPublishers.ofByteArray(body))
                .build();
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
