package dev.bocau.client;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// The token that the app gives, kept until it is refused or runs out. The app is asked by one
/// thread at a time, and may take as long as it likes: only those wait that want a token.
final class Tokens {
    private final Callable<String> app;
    private final Object asking = new Object();
    private volatile @Nullable String current;

    /// @param app asked on a thread that may wait: a token that is good now
    Tokens(Callable<String> app) {
        this.app = app;
    }

    String get() throws Exception {
        String known = current;
        if (known != null) {
            return known;
        }
        synchronized (asking) {
            known = current;
            return known == null ? ask() : known;
        }
    }

    /// A new one, whatever the old one is worth.
    String renew() throws Exception {
        synchronized (asking) {
            current = null;
            return ask();
        }
    }

    private String ask() throws Exception {
        String given = app.call();
        current = given;
        return given;
    }

    /// The server does not take it: the next one is asked for. Does not wait.
    void forget() {
        current = null;
    }
}
