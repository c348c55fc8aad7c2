package dev.bocau.push;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Base64;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// A JSON Web Token (RFC 7519) with which this server says to a provider who it is.
public final class SignedToken {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    /// How it is signed: the names of RFC 7518, and Java's.
    public enum Algorithm {
        ES256("SHA256withECDSAinP1363Format"),
        RS256("SHA256withRSA");

        private final String signature;

        Algorithm(String signature) {
            this.signature = signature;
        }
    }

    private SignedToken() {}

    /// The token in its compact form.
    ///
    /// @throws IllegalStateException if the key is not one for this algorithm
    public static String of(Algorithm algorithm, PrivateKey key, Map<String, Object> claims) {
        String signed = part(Map.of("typ", "JWT", "alg", algorithm.name())) + "." + part(claims);
        try {
            Signature signature = Signature.getInstance(algorithm.signature);
            signature.initSign(key);
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + BASE64.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign for a push provider: " + e, e);
        }
    }

    private static String part(Map<String, Object> json) {
        return BASE64.encodeToString(JSON.writeValueAsBytes(json));
    }
}
