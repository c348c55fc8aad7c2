package dev.bocau.client;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// The token that the app gives, kept until it is refused or runs out.
final class Tokens {
    private final Callable<String> app;
    private @Nullable String current;

    /// @param app asked on a thread that may wait: a token that is good now
    Tokens(Callable<String> app) {
        this.app = app;
    }

    synchronized String get() throws Exception {
        String known = current;
        if (known == null) {
            known = app.call();
            current = known;
        }
        return known;
    }

    /// A new one, whatever the old one is worth.
    synchronized String renew() throws Exception {
        current = null;
        return get();
    }

    /// The server does not take it: the next one is asked for.
    void forget() {
        synchronized (this) {
            current = null;
        }
    }
}
