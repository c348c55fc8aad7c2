package dev.bocau.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.testing.ManualTime;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whose tokens are good.
class TokensTest {
    private static final byte[] OWN =
            "own secret, own secret, own secret".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] APP =
            "app secret, app secret, app secret".getBytes(StandardCharsets.US_ASCII);

    private final ManualTime time = new ManualTime();

    private Tokens tokens(TrustedKeys keys) {
        return new Tokens(
                OWN, "admin", keys, Optional.empty(), Optional.empty(), Limits.standard(), time);
    }

    private Tokens tokens() {
        return tokens(new TrustedKeys(List.of(OWN, APP), Optional.empty(), Optional.empty()));
    }

    private JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .subject("alice")
                .issueTime(Date.from(time.instant()))
                .expirationTime(Date.from(time.instant().plusSeconds(60)));
    }

    private static String signed(JWSHeader header, JWTClaimsSet claims, JWSSigner signer)
            throws Exception {
        SignedJWT token = new SignedJWT(header, claims);
        token.sign(signer);
        return token.serialize();
    }

    private static String byApp(JWTClaimsSet.Builder claims) throws Exception {
        return signed(new JWSHeader(JWSAlgorithm.HS256), claims.build(), new MACSigner(APP));
    }

    private static Code refused(Tokens tokens, String token) {
        Refused[] refused = new Refused[1];
        assertThatThrownBy(() -> tokens.verify(token))
                .isInstanceOfSatisfying(Refused.class, it -> refused[0] = it);
        assertThat(refused[0].refusal().reason()).doesNotContain(token);
        return refused[0].refusal().code();
    }

    @Test
    void own_tokens_and_those_of_the_app_are_good() throws Exception {
        Tokens tokens = tokens();
        Principal own =
                tokens.verify(
                        tokens.mint(
                                        new UserId("alice"),
                                        Optional.of(new DeviceId("phone")),
                                        Duration.ofMinutes(1))
                                .token());

        assertThat(own.user()).isEqualTo(new UserId("alice"));
        assertThat(own.device()).contains(new DeviceId("phone"));
        assertThat(own.admin()).isFalse();
        assertThat(tokens.verify(byApp(claims())).user()).isEqualTo(new UserId("alice"));
        assertThat(tokens.verify(byApp(claims().claim("scope", "admin"))).admin()).isTrue();
    }

    @Test
    void tokens_that_are_not_good_are_refused_without_being_repeated() throws Exception {
        Tokens tokens = tokens();
        byte[] stranger = "other secret, other secret, other".getBytes(StandardCharsets.US_ASCII);
        String foreign =
                signed(
                        new JWSHeader(JWSAlgorithm.HS256),
                        claims().build(),
                        new MACSigner(stranger));

        for (String bad :
                List.of(
                        "not-a-token-at-all",
                        foreign,
                        byApp(claims().subject(null)),
                        byApp(claims().subject("a b")),
                        byApp(claims().claim("dev", "a b")),
                        byApp(claims().issueTime(null)),
                        byApp(claims().expirationTime(null)),
                        byApp(claims().issueTime(Date.from(time.instant().plusSeconds(120)))),
                        byApp(
                                claims().notBeforeTime(
                                                Date.from(time.instant().plusSeconds(120)))))) {
            assertThat(refused(tokens, bad)).isEqualTo(Code.TOKEN_INVALID);
        }
    }

    @Test
    void token_expires_by_its_own_word_and_by_age() throws Exception {
        Tokens tokens = tokens();
        String soon = byApp(claims());
        String never =
                byApp(
                        claims().expirationTime(
                                        Date.from(time.instant().plus(Duration.ofDays(9_999)))));
        time.advance(61_000);
        assertThat(refused(tokens, soon)).isEqualTo(Code.TOKEN_EXPIRED);
        tokens.verify(never);
        time.advance(Duration.ofDays(Limits.standard().tokenDays()).toMillis());
        assertThat(refused(tokens, never)).isEqualTo(Code.TOKEN_EXPIRED);
    }

    @Test
    void issuer_and_audience_count_where_they_are_configured() throws Exception {
        Tokens tokens =
                new Tokens(
                        OWN,
                        "admin",
                        new TrustedKeys(List.of(OWN, APP), Optional.empty(), Optional.empty()),
                        Optional.of("https://id.example"),
                        Optional.of("chat"),
                        Limits.standard(),
                        time);

        tokens.verify(byApp(claims().issuer("https://id.example").audience("chat")));
        tokens.verify(tokens.mint(new UserId("a"), Optional.empty(), Duration.ofHours(1)).token());
        assertThat(refused(tokens, byApp(claims().audience("chat")))).isEqualTo(Code.TOKEN_INVALID);
        assertThat(refused(tokens, byApp(claims().issuer("https://id.example"))))
                .isEqualTo(Code.TOKEN_INVALID);
    }

    @Test
    void token_signed_with_the_configured_ed25519_key_is_good() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] encoded = ((EdECPublicKey) pair.getPublic()).getEncoded();
        byte[] raw = java.util.Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        String x = Base64.getUrlEncoder().withoutPadding().encodeToString(raw);
        Tokens tokens = tokens(new TrustedKeys(List.of(OWN), Optional.of(x), Optional.empty()));
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        String head = base64.encodeToString("{\"alg\":\"EdDSA\"}".getBytes(StandardCharsets.UTF_8));
        String body =
                base64.encodeToString(claims().build().toString().getBytes(StandardCharsets.UTF_8));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(pair.getPrivate());
        signature.update((head + "." + body).getBytes(StandardCharsets.US_ASCII));
        String token = head + "." + body + "." + base64.encodeToString(signature.sign());

        assertThat(tokens.verify(token).user()).isEqualTo(new UserId("alice"));
        assertThat(refused(tokens, token.substring(0, token.length() - 8) + "AAAAAAAA"))
                .isEqualTo(Code.TOKEN_INVALID);
    }

    @Test
    void keys_that_an_identity_provider_publishes_are_believed() throws Exception {
        RSAKey key = new RSAKeyGenerator(2048).keyID("k1").generate();
        HttpServer provider =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] published =
                new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
        provider.createContext(
                "/keys",
                exchange -> {
                    exchange.sendResponseHeaders(200, published.length);
                    exchange.getResponseBody().write(published);
                    exchange.close();
                });
        provider.start();
        try {
            URI uri =
                    URI.create(
                            "http://127.0.0.1:%d/keys".formatted(provider.getAddress().getPort()));
            Tokens tokens =
                    tokens(new TrustedKeys(List.of(OWN), Optional.empty(), Optional.of(uri)));
            JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k1").build();

            String good = signed(header, claims().build(), new RSASSASigner(key));
            assertThat(tokens.verify(good).user()).isEqualTo(new UserId("alice"));

            RSAKey other = new RSAKeyGenerator(2048).keyID("k1").generate();
            String forged = signed(header, claims().build(), new RSASSASigner(other));
            assertThat(refused(tokens, forged)).isEqualTo(Code.TOKEN_INVALID);
        } finally {
            provider.stop(0);
        }
    }

    @Test
    void keys_that_are_none_are_refused_at_start() {
        Consumer<byte[]> secret =
                bytes -> new TrustedKeys(List.of(bytes), Optional.empty(), Optional.empty());
        assertThatThrownBy(() -> secret.accept(new byte[8]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TrustedKeys(List.of(), Optional.of("AAAA"), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void admin_key_is_known_and_others_are_not() {
        assertThat(tokens().isAdminKey("admin")).isTrue();
        assertThat(tokens().isAdminKey("admi")).isFalse();
        assertThat(tokens().isAdminKey("")).isFalse();
    }

    @Test
    void secret_is_made_once_and_for_its_owner_only(@TempDir Path folder) throws Exception {
        String first = Secrets.readOrMake(folder.resolve("data"), "token.key");
        String again = Secrets.readOrMake(folder.resolve("data"), "token.key");

        assertThat(again).isEqualTo(first).hasSize(43);
        assertThat(Files.getPosixFilePermissions(folder.resolve("data/token.key")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        try (var files = Files.list(folder.resolve("data"))) {
            assertThat(files).hasSize(1);
        }
    }
}
