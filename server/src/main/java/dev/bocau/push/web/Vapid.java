package dev.bocau.push.web;

import dev.bocau.push.SignedToken;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Who this server is to push services (RFC 8292). Browsers are told the public key when they
/// subscribe, and their push services let nobody else push to them.
public final class Vapid {
    /// At most a day, says the RFC; clocks differ.
    private static final Duration VALID_FOR = Duration.ofHours(12);

    /// Push services that a token is remembered for.
    private static final int SIGNED = 100;

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder BASE64_DECODER = Base64.getUrlDecoder();

    private final ECPrivateKey privateKey;
    private final String publicKey;
    private final String contact;
    private final InstantSource clock;
    private final Map<String, Signed> signed =
            Collections.synchronizedMap(
                    new LinkedHashMap<>() {
                        @Override
                        protected boolean removeEldestEntry(Map.Entry<String, Signed> eldest) {
                            return size() > SIGNED;
                        }
                    });

    private record Signed(String authorization, Instant renewAt) {}

    /// @param contact how a push service reaches the operator: `mailto:` or `https:`
    /// @throws IllegalArgumentException in words for an operator
    public Vapid(String publicKey, String privateKey, String contact, InstantSource clock) {
        ECPublicKey known = P256.publicKey(decoded("push.web.publicKey", publicKey));
        this.privateKey = P256.privateKey(decoded("push.web.privateKey", privateKey));
        if (!belongTogether(known, this.privateKey)) {
            throw new IllegalArgumentException(
                    "push.web.publicKey and push.web.privateKey do not belong together");
        }
        this.publicKey = BASE64.encodeToString(P256.bytes(known));
        this.contact = contact;
        this.clock = clock;
    }

    /// New keys: the public and the private one as they are configured.
    public record Keys(String publicKey, String privateKey) {}

    public static Keys makeKeys() {
        KeyPair pair = makePair();
        return new Keys(
                BASE64.encodeToString(P256.bytes((ECPublicKey) pair.getPublic())),
                BASE64.encodeToString(P256.bytes((ECPrivateKey) pair.getPrivate())));
    }

    static KeyPair makePair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(P256.CURVE));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new LinkageError("every Java has P-256", e);
        }
    }

    private static byte[] decoded(String key, String value) {
        try {
            return BASE64_DECODER.decode(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + " is to be base64url", e);
        }
    }

    private static boolean belongTogether(ECPublicKey known, ECPrivateKey secret) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(secret);
            signature.update(P256.bytes(known));
            byte[] signed = signature.sign();
            signature.initVerify(known);
            signature.update(P256.bytes(known));
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /// What browsers are told: base64url of the uncompressed point.
    public String publicKey() {
        return publicKey;
    }

    /// The value of `Authorization` for one push service.
    String authorization(URI endpoint) {
        String audience = endpoint.getScheme() + "://" + endpoint.getAuthority();
        Instant now = clock.instant();
        Signed known = signed.get(audience);
        if (known == null || now.isAfter(known.renewAt)) {
            known = new Signed(sign(audience, now), now.plus(VALID_FOR.dividedBy(2)));
            signed.put(audience, known);
        }
        return known.authorization;
    }

    private String sign(String audience, Instant now) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("aud", audience);
        claims.put("exp", now.plus(VALID_FOR).getEpochSecond());
        claims.put("sub", contact);
        String token = SignedToken.of(SignedToken.Algorithm.ES256, privateKey, claims);
        return "vapid t=%s, k=%s".formatted(token, publicKey);
    }
}
