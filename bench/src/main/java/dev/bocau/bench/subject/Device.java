package dev.bocau.bench.subject;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An installation of an app. It may go and come back, and keeps what it has got.
public abstract class Device {
    private final int port;
    private volatile @Nullable Link link;

    /// @param port of this machine's loopback, where the server listens
    protected Device(int port) {
        this.port = port;
    }

    /// A new connection, which goes on where the last one ended.
    protected abstract Link open() throws IOException;

    /// Connects, to live on a thread, and waits until the device is let in and has been told what
    /// it missed; a server that cannot tell when that is done has at least begun.
    public final void connect(ClientThread thread) throws IOException {
        Link fresh = open();
        link = fresh;
        thread.connect(port, fresh);
        fresh.awaitReady();
    }

    /// Goes, as an app that is closed: the server knows.
    public final void disconnect() throws IOException {
        link().leave();
    }

    /// Sends a message. To be called on its thread.
    public final void send(String conversation, String content) {
        link().send(conversation, content);
    }

    /// Read and written on the newest connection. To be called on its thread.
    public final long bytes() {
        return link().bytes();
    }

    private Link link() {
        return Objects.requireNonNull(link, "never connected");
    }
}
