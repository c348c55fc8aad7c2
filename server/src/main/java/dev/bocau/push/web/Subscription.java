package dev.bocau.push.web;

import java.net.URI;
import java.security.interfaces.ECPublicKey;
import java.util.Base64;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Where a browser is pushed to, and for whom that is encrypted: what a page's
/// `JSON.stringify(await registration.pushManager.subscribe(…))` says is its push token.
record Subscription(URI endpoint, ECPublicKey publicKey, byte[] authSecret) {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Base64.Decoder BASE64 = Base64.getUrlDecoder();
    private static final int AUTH_BYTES = 16;

    /// @throws IllegalArgumentException saying what is wrong with it
    static Subscription of(String pushToken) {
        try {
            JsonNode json = JSON.readTree(pushToken);
            JsonNode keys = json.path("keys");
            byte[] auth = BASE64.decode(keys.path("auth").asString(""));
            if (auth.length != AUTH_BYTES) {
                throw new IllegalArgumentException("keys.auth is to be 16 bytes");
            }
            URI endpoint = URI.create(json.path("endpoint").asString(""));
            if (endpoint.getHost() == null || endpoint.getRawUserInfo() != null) {
                throw new IllegalArgumentException("endpoint is to be a URL");
            }
            return new Subscription(
                    endpoint,
                    P256.publicKey(BASE64.decode(keys.path("p256dh").asString(""))),
                    auth);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("no subscription: it is not JSON", e);
        }
    }
}
