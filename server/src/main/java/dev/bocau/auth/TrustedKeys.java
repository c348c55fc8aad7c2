package dev.bocau.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import java.net.MalformedURLException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The keys whose signatures are believed: this server's own secret, an app's secret or Ed25519
/// key, and the published keys of an identity provider.
public final class TrustedKeys {
    private static final Logger LOG = LoggerFactory.getLogger(TrustedKeys.class);

    private final List<JWSVerifier> fixed = new ArrayList<>();
    private final @Nullable JWKSource<SecurityContext> published;

    /// @param secrets HS256 secrets of at least 32 bytes
    /// @param ed25519 the `x` of an Ed25519 public key in base64url
    /// @param jwks where an identity provider publishes its keys (RFC 7517)
    /// @throws IllegalArgumentException if one of them is no such key
    public TrustedKeys(List<byte[]> secrets, Optional<String> ed25519, Optional<URI> jwks) {
        for (byte[] secret : secrets) {
            try {
                fixed.add(new MACVerifier(secret));
            } catch (JOSEException e) {
                throw new IllegalArgumentException("an HS256 secret has at least 32 bytes", e);
            }
        }
        ed25519.map(Ed25519::new).ifPresent(fixed::add);
        published = jwks.map(TrustedKeys::source).orElse(null);
    }

    private static JWKSource<SecurityContext> source(URI jwks) {
        try {
            return JWKSourceBuilder.create(jwks.toURL()).retrying(true).build();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("not a URL: " + jwks, e);
        }
    }

    /// Whether one of the keys has made this signature.
    boolean signed(com.nimbusds.jwt.SignedJWT token) throws JOSEException {
        JWSHeader header = token.getHeader();
        for (JWSVerifier verifier : fixed) {
            if (verifies(verifier, header) && token.verify(verifier)) {
                return true;
            }
        }
        for (JWK key : published(header)) {
            Optional<JWSVerifier> verifier = verifier(key, header);
            if (verifier.isPresent() && token.verify(verifier.get())) {
                return true;
            }
        }
        return false;
    }

    private static boolean verifies(JWSVerifier verifier, JWSHeader header) {
        return verifier.supportedJWSAlgorithms().contains(header.getAlgorithm());
    }

    private List<JWK> published(JWSHeader header) {
        if (published == null || JWSAlgorithm.Family.HMAC_SHA.contains(header.getAlgorithm())) {
            return List.of();
        }
        JWKMatcher matcher = JWKMatcher.forJWSHeader(header);
        if (matcher == null) {
            return List.of();
        }
        try {
            return published.get(new JWKSelector(matcher), null);
        } catch (KeySourceException e) {
            LOG.warn("the identity provider's keys cannot be had: {}", e.getMessage());
            return List.of();
        }
    }

    private static Optional<JWSVerifier> verifier(JWK key, JWSHeader header) throws JOSEException {
        return switch (key) {
            case OctetKeyPair pair -> Optional.of(new Ed25519(pair.getX().toString()));
            case AsymmetricJWK pair ->
                    Optional.of(
                            new DefaultJWSVerifierFactory()
                                    .createJWSVerifier(header, pair.toPublicKey()));
            default -> Optional.empty();
        };
    }
}
