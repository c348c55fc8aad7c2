package dev.bocau;

import dev.bocau.config.Config;
import dev.bocau.push.Provider;
import dev.bocau.push.apns.Apns;
import dev.bocau.push.fcm.Fcm;
import dev.bocau.push.fcm.ServiceAccount;
import dev.bocau.push.web.PushServices;
import dev.bocau.push.web.Vapid;
import dev.bocau.push.web.WebPush;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The push providers that are configured; says of each whether it is on.
///
/// @param vapidPublicKey what browsers subscribe with
record PushProviders(List<Provider> all, Optional<String> vapidPublicKey) implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PushProviders.class);

    /// @throws IllegalStateException in words for an operator
    static PushProviders of(Config config, InstantSource clock, SecureRandom random) {
        Duration timeout = Duration.ofMillis(config.limits().pushTimeoutMs());
        Config.Push push = config.push();
        List<Provider> all = new ArrayList<>();
        try {
            Optional<Vapid> vapid =
                    push.web()
                            .map(web ->
                                    new Vapid(
                                            web.publicKey(),
                                            web.privateKey(),
                                            web.contact(),
                                            clock));
            vapid.ifPresent(known -> {
                PushServices services = new PushServices(push.web().orElseThrow().services());
                all.add(new WebPush(known, services, random, timeout));
            });
            push.apns().ifPresent(apns -> all.add(apns(apns, clock, timeout)));
            push.fcm()
                    .map(ServiceAccount::read)
                    .ifPresent(account -> all.add(new Fcm(account, Fcm.GOOGLE, clock, timeout)));
            LOG.info(
                    "push: Web Push {}, APNs {}, FCM {}",
                    onOrOff(push.web(), "push.web.publicKey"),
                    onOrOff(push.apns(), "push.apns.key"),
                    onOrOff(push.fcm(), "push.fcm.credentials"));
            return new PushProviders(List.copyOf(all), vapid.map(Vapid::publicKey));
        } catch (IllegalArgumentException e) {
            all.forEach(Provider::close);
            throw new IllegalStateException("push: " + e.getMessage(), e);
        }
    }

    private static Apns apns(Config.Push.Apns apns, InstantSource clock, Duration timeout) {
        return new Apns(
                new Apns.Credentials(apns.key(), apns.keyId(), apns.teamId(), apns.topic()),
                Apns.Address.of(apns.host()),
                clock,
                timeout);
    }

    private static String onOrOff(Optional<?> configured, String key) {
        return configured.isPresent() ? "on" : "off (no " + key + ")";
    }

    @Override
    public void close() {
        all.forEach(Provider::close);
    }
}
