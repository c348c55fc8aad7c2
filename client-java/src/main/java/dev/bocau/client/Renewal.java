package dev.bocau.client;

import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.DeviceConnected;
import dev.bocau.protocol.Token;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Brings a running session a new token before the old one expires, so that it need not end. On the
/// loop.
final class Renewal {
    private final Loop loop;
    private final Tokens tokens;
    private final Consumer<Throwable> failed;
    private @Nullable Session session;
    private Loop.Cancel timer = Loop.Cancel.NOTHING;

    /// The server's clock, by which tokens expire, less the loop's: the device's may be set to
    /// anything, at any time.
    private long aheadMs;

    private long askedAtMs;

    /// No token was accepted since the server has called one expired.
    private boolean expired;

    /// @param failed told why there is no new token
    Renewal(Loop loop, Tokens tokens, Consumer<Throwable> failed) {
        this.loop = loop;
        this.tokens = tokens;
        this.failed = failed;
        this.askedAtMs = loop.nowMs() - Limits.RENEW_LEAST_MS;
    }

    void began(Session begun, DeviceConnected terms) {
        session = begun;
        aheadMs = terms.getServerTime() - loop.nowMs();
        accepted(terms.getTokenExpiresAt());
    }

    void accepted(long expiresAt) {
        expired = false;
        long leftMs = Math.max(0, expiresAt - aheadMs - loop.nowMs());
        renewAfter(leftMs - Math.min(Limits.RENEW_BEFORE_MS, leftMs / 2));
    }

    /// The server waits a while for another token before it ends the session. Told again, it means
    /// the token that the app gave then: asked at once, the app would give the same.
    void expired() {
        renewAfter(expired ? Limits.RENEW_AGAIN_MS : 0);
        expired = true;
    }

    void stop() {
        timer.cancel();
        session = null;
    }

    private void renewAfter(long delayMs) {
        timer.cancel();
        Session current = session;
        if (current != null) {
            long leastMs = askedAtMs + Limits.RENEW_LEAST_MS - loop.nowMs();
            timer = loop.after(Math.max(delayMs, leastMs), () -> renew(current));
        }
    }

    private void renew(Session from) {
        askedAtMs = loop.nowMs();
        Thread asking =
                new Thread(
                        () -> {
                            try {
                                Token token = Token.newBuilder().setToken(tokens.renew()).build();
                                from.send(ClientFrame.newBuilder().setToken(token));
                            } catch (Exception e) {
                                loop.execute(() -> notRenewed(from, e));
                            }
                        },
                        "bocau-token");
        asking.setDaemon(true);
        asking.start();
    }

    private void notRenewed(Session from, Exception why) {
        failed.accept(why);
        if (session == from) {
            renewAfter(Limits.RENEW_AGAIN_MS);
        }
    }
}
