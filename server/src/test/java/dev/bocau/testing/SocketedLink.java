package dev.bocau.testing;

import dev.bocau.protocol.ServerFrame;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicBoolean;

/// A {@link Link} over a socket, read by a thread of its own.
abstract class SocketedLink implements Link {
    private final Listener listener;
    private final Closeable socket;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile int code;

    /// @param socket closed at the end
    SocketedLink(Listener listener, Closeable socket) {
        this.listener = listener;
        this.socket = socket;
    }

    /// Makes a link, which may fail.
    interface Opening {
        SocketedLink open(Listener listener) throws IOException;
    }

    /// A way that reads as soon as it is open.
    static Opener way(Opening opening) {
        return listener -> {
            try {
                SocketedLink link = opening.open(listener);
                Thread.ofVirtual().name("link").start(link::listen);
                return link;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    /// Reads what comes next.
    ///
    /// @throws IOException at the end
    abstract void read() throws IOException;

    /// Tells what has come.
    final void tell(ServerFrame frame) {
        listener.frame(frame);
    }

    /// The server says why it ends the connection; the last that was said counts.
    ///
    /// @param number 0: it does not
    final void code(int number) {
        code = number;
    }

    private void listen() {
        try {
            while (true) {
                read();
            }
        } catch (IOException e) {
            // The connection has ended, in one way or another.
        } finally {
            close();
            listener.closed(code);
        }
    }

    @Override
    public final void close() {
        if (ended.compareAndSet(false, true)) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
