package dev.bocau.media;

import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.ConversationId;
import dev.bocau.model.MediaId;
import dev.bocau.model.MessageId;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// {@link Grant}s as addresses, signed with HMAC-SHA-256, so that browsers and CDNs can fetch what
/// they name. An address says for whom it is, and it stays the same for half of its time, for
/// caches.
public final class SignedUrls {
    public static final String PATH = "/media/";

    private static final String HMAC = "HmacSHA256";
    private static final String PURPOSE = "bocau media urls";
    private static final int SECOND_MS = 1_000;

    private final byte[] key;
    private final String before;
    private final long halfLifeMs;
    private final InstantSource clock;

    /// @param secret known to all servers of an installation and to nobody else
    /// @param before what addresses begin with, where that is not the server itself; or empty
    public SignedUrls(byte[] secret, String before, Limits limits, InstantSource clock) {
        this.key = hmac(secret, PURPOSE);
        this.before = before;
        this.halfLifeMs = limits.mediaUrlSeconds() * (long) SECOND_MS / 2;
        this.clock = clock;
    }

    /// When an address that is made now expires: after half of the time at least, and after all of
    /// it at most.
    public long expiresAtMs() {
        return (clock.millis() / halfLifeMs + 2) * halfLifeMs;
    }

    /// Until when an address that is made now would be made again.
    public long sameUntilMs() {
        return expiresAtMs() - halfLifeMs;
    }

    public String url(Grant grant) {
        String viewer = grant.viewer().map(UserId::value).orElse("");
        return before
                + PATH
                + grant.media()
                + "/"
                + grant.rendition().name().toLowerCase(Locale.ROOT)
                + "?conversation="
                + encoded(grant.conversation().value())
                + "&message="
                + grant.message()
                + "&viewer="
                + encoded(viewer)
                + "&expires="
                + grant.expiresAtMs()
                + "&signature="
                + signature(grant);
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    /// What an address grants.
    ///
    /// @param parameters what stands behind the question mark, by name; null: nothing
    /// @throws Refused if nobody here has signed it, or if it has expired
    public Grant grant(
            String media, String rendition, Function<String, @Nullable String> parameters) {
        Grant grant = read(media, rendition, parameters);
        byte[] told = text(parameters, "signature").getBytes(StandardCharsets.US_ASCII);
        if (!MessageDigest.isEqual(signature(grant).getBytes(StandardCharsets.US_ASCII), told)) {
            throw forged();
        }
        if (clock.millis() >= grant.expiresAtMs()) {
            throw new Refused(Code.URL_EXPIRED, "this URL has expired: ask for a new one");
        }
        return grant;
    }

    private static Grant read(
            String media, String rendition, Function<String, @Nullable String> parameters) {
        try {
            return new Grant(
                    MediaId.parse(media).orElseThrow(SignedUrls::forged),
                    Grant.Rendition.valueOf(rendition.toUpperCase(Locale.ROOT)),
                    new ConversationId(text(parameters, "conversation")),
                    MessageId.parse(text(parameters, "message")).orElseThrow(SignedUrls::forged),
                    Optional.of(text(parameters, "viewer"))
                            .filter(viewer -> !viewer.isEmpty())
                            .map(UserId::new),
                    Long.parseLong(text(parameters, "expires")));
        } catch (IllegalArgumentException noneOfOurs) {
            throw forged();
        }
    }

    private static String text(Function<String, @Nullable String> parameters, String name) {
        String value = parameters.apply(name);
        return value == null ? "" : value;
    }

    private static Refused forged() {
        return new Refused(Code.NOT_ALLOWED, "this URL is not signed by this server");
    }

    private String signature(Grant grant) {
        // None of these has a line break in it.
        String text =
                String.join(
                        "\n",
                        grant.media().value(),
                        grant.rendition().name(),
                        grant.conversation().value(),
                        grant.message().toString(),
                        grant.viewer().map(UserId::value).orElse(""),
                        Long.toString(grant.expiresAtMs()));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hmac(key, text));
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new LinkageError("every Java has HMAC-SHA-256", e);
        }
    }
}
