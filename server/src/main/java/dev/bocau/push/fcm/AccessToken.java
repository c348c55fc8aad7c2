package dev.bocau.push.fcm;

import dev.bocau.push.HttpAnswer;
import dev.bocau.push.SignedToken;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The token that Google gives a service account for a while (OAuth 2.0, RFC 7523), fetched when it
/// is needed and again a minute before it expires. One thread fetches, the others wait for it.
final class AccessToken {
    private static final String SCOPE = "https://www.googleapis.com/auth/firebase.messaging";
    private static final Duration VALID_FOR = Duration.ofHours(1);
    private static final Duration RENEWED_BEFORE = Duration.ofMinutes(1);
    private static final int OK = 200;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final ServiceAccount account;
    private final HttpClient http;
    private final InstantSource clock;
    private final Duration timeout;
    private @Nullable String token;
    private Instant renewAt = Instant.MIN;

    AccessToken(ServiceAccount account, HttpClient http, InstantSource clock, Duration timeout) {
        this.account = account;
        this.http = http;
        this.clock = clock;
        this.timeout = timeout;
    }

    /// @throws IOException saying why there is none at the moment
    synchronized String get() throws IOException, InterruptedException {
        String known = token;
        if (known != null && clock.instant().isBefore(renewAt)) {
            return known;
        }
        HttpResponse<byte[]> response = http.send(request(), HttpAnswer.body());
        if (response.statusCode() != OK) {
            throw new IOException("no access token: " + HttpAnswer.text(response));
        }
        try {
            JsonNode json = JSON.readTree(response.body());
            String fetched = json.path("access_token").asString("");
            token = fetched;
            renewAt =
                    clock.instant()
                            .plusSeconds(json.path("expires_in").asLong(0))
                            .minus(RENEWED_BEFORE);
            return fetched;
        } catch (JacksonException e) {
            throw new IOException("no access token: the answer is not JSON", e);
        }
    }

    private HttpRequest request() {
        Instant now = clock.instant();
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", account.clientEmail());
        claims.put("scope", SCOPE);
        claims.put("aud", account.tokenUri().toString());
        claims.put("iat", now.getEpochSecond());
        claims.put("exp", now.plus(VALID_FOR).getEpochSecond());
        String assertion =
                SignedToken.of(SignedToken.Algorithm.RS256, account.privateKey(), claims);
        String grant =
                URLEncoder.encode(
                        "urn:ietf:params:oauth:grant-type:jwt-bearer", StandardCharsets.US_ASCII);
        return HttpRequest.newBuilder(account.tokenUri())
                .timeout(timeout)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(
                        BodyPublishers.ofString(
                                "grant_type=%s&assertion=%s".formatted(grant, assertion)))
                .build();
    }

    /// Google does not take it any more.
    synchronized void forget() {
        token = null;
    }
}
