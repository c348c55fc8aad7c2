package dev.bocau.push.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class EncryptionTest {
    private static final Base64.Decoder BASE64 = Base64.getUrlDecoder();

    /// RFC 8291, appendix A.
    @Test
    void the_example_of_the_standard_comes_out() {
        byte[] plain =
                "When I grow up, I want to be a watermelon".getBytes(StandardCharsets.US_ASCII);
        KeyPair sender =
                new KeyPair(
                        P256.publicKey(
                                BASE64.decode(
                                        "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8")),
                        P256.privateKey(
                                BASE64.decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")));
        Subscription receiver =
                new Subscription(
                        URI.create(
                                "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV"),
                        P256.publicKey(
                                BASE64.decode(
                                        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4")),
                        BASE64.decode("BTBZMqHH6r4Tts7J_aSIgg"));

        byte[] encrypted =
                Encryption.encrypt(
                        plain, receiver, sender, BASE64.decode("DGv6ra1nlYgDCS1FRnbzlw"));

        assertThat(Base64.getUrlEncoder().withoutPadding().encodeToString(encrypted))
                .isEqualTo(
                        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN");
    }

    @Test
    void subscription_that_is_none_is_recognised() {
        String outside = Base64.getUrlEncoder().withoutPadding().encodeToString(onCurve(false));
        for (String bad :
                List.of(
                        "",
                        "a token of Apple's",
                        "{}",
                        "[1]",
                        "{\"endpoint\":\"https://a.example/\",\"keys\":{\"auth\":\"BTBZMqHH6r4Tts7J_aSIgg\"}}",
                        "{\"endpoint\":\"https://u:p@a.example/\",\"keys\":{\"auth\":\"BTBZMqHH6r4Tts7J_aSIgg\",\"p256dh\":\"%s\"}}"
                                .formatted(outside),
                        "{\"endpoint\":\"https://a.example/\",\"keys\":{\"auth\":\"BTBZMqHH6r4Tts7J_aSIgg\",\"p256dh\":\"%s\"}}"
                                .formatted(outside))) {
            assertThatThrownBy(() -> Subscription.of(bad))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static byte[] onCurve(boolean unchanged) {
        byte[] point =
                P256.bytes((java.security.interfaces.ECPublicKey) Vapid.makePair().getPublic());
        if (!unchanged) {
            point[64] ^= 1;
        }
        return point;
    }

    @Test
    void only_push_services_that_are_named_are_asked() {
        PushServices services =
                new PushServices(
                        List.of("push.example", "*.notify.example", "http://127.0.0.1:8000"));
        for (String good :
                List.of(
                        "https://push.example/abc",
                        "https://PUSH.example/abc",
                        "https://db5.notify.example/w/?token=1",
                        "http://127.0.0.1:8000/abc")) {
            assertThat(services.entry(URI.create(good))).as(good).isPresent();
        }
        for (String bad :
                List.of(
                        "http://push.example/abc",
                        "https://push.example:8443/abc",
                        "https://push.example.evil.example/abc",
                        "https://xpush.example/abc",
                        "https://notify.example/abc",
                        "https://evilnotify.example/abc",
                        "https://127.0.0.1/abc",
                        "http://127.0.0.1:8001/abc",
                        "https://127.0.0.1:8000/abc",
                        "http://169.254.169.254/latest/meta-data",
                        "https://[::1]/abc",
                        "file://push.example/etc/passwd")) {
            assertThat(services.entry(URI.create(bad))).as(bad).isEmpty();
        }
    }
}
