package dev.bocau.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Id;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Mints and reads tokens: JWTs (RFC 7519) with `sub` (the user), `iat` and `exp`, and if wanted
/// `dev` (the only device that may use it) and `scope` "admin".
public final class Tokens {
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);
    private static final String ADMIN = "admin";

    private final byte[] secret;
    private final byte[] adminKey;
    private final TrustedKeys keys;
    private final Optional<String> issuer;
    private final Optional<String> audience;
    private final Duration maxAge;
    private final InstantSource clock;

    /// @param secret what this server's own tokens are signed with, one of the trusted keys
    /// @param adminKey what may stand in place of a token and may do everything
    public Tokens(
            byte[] secret,
            String adminKey,
            TrustedKeys keys,
            Optional<String> issuer,
            Optional<String> audience,
            Limits limits,
            InstantSource clock) {
        this.secret = secret;
        this.adminKey = adminKey.getBytes(StandardCharsets.UTF_8);
        this.keys = keys;
        this.issuer = issuer;
        this.audience = audience;
        this.maxAge = Duration.ofDays(limits.tokenDays());
        this.clock = clock;
    }

    /// A token as it is given out.
    public record Minted(String token, long expiresAtMs) {}

    /// Signs a token with this server's own secret.
    public Minted mint(UserId user, Optional<DeviceId> device, Duration validFor) {
        Instant now = clock.instant();
        Instant expires = now.plus(validFor);
        JWTClaimsSet.Builder claims =
                new JWTClaimsSet.Builder()
                        .subject(user.value())
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(expires));
        issuer.ifPresent(claims::issuer);
        audience.ifPresent(claims::audience);
        device.ifPresent(id -> claims.claim("dev", id.value()));
        SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims.build());
        try {
            token.sign(new MACSigner(secret));
        } catch (JOSEException e) {
            throw new IllegalStateException("signing failed", e);
        }
        return new Minted(token.serialize(), expires.toEpochMilli());
    }

    /// Whether this is the admin key. Takes as long for a wrong one as for the right one.
    public boolean isAdminKey(String key) {
        return MessageDigest.isEqual(adminKey, key.getBytes(StandardCharsets.UTF_8));
    }

    /// Whom a token speaks for.
    ///
    /// @throws Refused if the token is not good, saying why but nothing of what is in it
    public Principal verify(String token) {
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            if (!keys.signed(jwt)) {
                throw invalid("signed by nobody that this server trusts");
            }
            return principal(jwt.getJWTClaimsSet());
        } catch (ParseException e) {
            throw invalid("not a signed JWT");
        } catch (JOSEException e) {
            throw invalid("its signature cannot be verified");
        }
    }

    private Principal principal(JWTClaimsSet claims) throws ParseException {
        String subject = claims.getSubject();
        Instant issued = instant(claims.getIssueTime());
        Instant expires = instant(claims.getExpirationTime());
        Instant notBefore = instant(claims.getNotBeforeTime());
        String device = claims.getStringClaim("dev");
        if (subject == null || issued == null || expires == null) {
            throw invalid("sub, iat and exp are needed");
        }
        if (!Id.wellFormed(subject) || (device != null && !Id.wellFormed(device))) {
            throw invalid("sub and dev are ids: 1 to 128 of A-Z a-z 0-9 . _ : @ -");
        }
        if (issuer.isPresent() && !issuer.get().equals(claims.getIssuer())) {
            throw invalid("another issuer");
        }
        if (audience.isPresent() && !claims.getAudience().contains(audience.get())) {
            throw invalid("for another audience");
        }
        Instant now = clock.instant();
        Instant latest = now.plus(CLOCK_SKEW);
        if (issued.isAfter(latest) || (notBefore != null && notBefore.isAfter(latest))) {
            throw invalid("not valid yet");
        }
        if (!expires.isAfter(now) || issued.plus(maxAge).isBefore(now)) {
            throw new Refused(Code.TOKEN_EXPIRED, "the token has expired");
        }
        return new Principal(
                new UserId(subject),
                Optional.ofNullable(device).map(DeviceId::new),
                ADMIN.equals(claims.getStringClaim("scope")),
                issued.toEpochMilli(),
                Math.min(expires.toEpochMilli(), issued.plus(maxAge).toEpochMilli()));
    }

    private static @Nullable Instant instant(@Nullable Date date) {
        return date == null ? null : date.toInstant();
    }

    private static Refused invalid(String why) {
        return new Refused(Code.TOKEN_INVALID, "the token is not valid: " + why);
    }
}
