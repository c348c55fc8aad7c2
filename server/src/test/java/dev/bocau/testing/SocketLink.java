package dev.bocau.testing;

import dev.bocau.frame.TestFrames;
import dev.bocau.frame.WireFormat;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.ServerFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;

/// A {@link Link} over a real WebSocket, read by a thread of its own.
public final class SocketLink implements Link {
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final Link.Listener listener;
    private final WireFormat format;
    private final RawSocket socket;
    private final AtomicBoolean ended = new AtomicBoolean();

    private SocketLink(int port, WireFormat format, Link.Listener listener) throws IOException {
        this.listener = listener;
        this.format = format;
        this.socket = new RawSocket(port, 0);
        try {
            socket.handshake(format.subprotocol());
        } catch (IOException | AssertionError e) {
            socket.close();
            throw e;
        }
        Thread.ofVirtual().name("link").start(this::listen);
    }

    /// A way to a port of this machine; opening throws {@link UncheckedIOException} when nobody
    /// answers there.
    public static Link.Opener to(URI uri, WireFormat format) {
        return to(uri.getPort(), format);
    }

    public static Link.Opener to(int port, WireFormat format) {
        return listener -> {
            try {
                return new SocketLink(port, format, listener);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    private void listen() {
        int code = 0;
        try {
            while (true) {
                RawSocket.Frame frame = socket.read();
                switch (frame.opcode()) {
                    case TEXT ->
                            listener.frame(
                                    TestFrames.serverFrame(
                                            new String(frame.payload(), StandardCharsets.UTF_8)));
                    case BINARY -> listener.frame(ServerFrame.parseFrom(frame.payload()));
                    case PING -> send(PONG, frame.payload());
                    case CLOSE -> {
                        code = frame.closeCode();
                        send(CLOSE, frame.payload());
                    }
                    default -> {}
                }
            }
        } catch (IOException e) {
            // The connection has ended, in one way or another.
        } finally {
            end();
            listener.closed(code);
        }
    }

    /// On a connection that has ended it does nothing; the listener hears of the end.
    @Override
    public void send(ClientFrame frame) {
        if (format == WireFormat.JSON) {
            sendText(TestFrames.json(frame));
        } else {
            sendBinary(frame.toByteArray());
        }
    }

    public void sendText(String json) {
        send(TEXT, json.getBytes(StandardCharsets.UTF_8));
    }

    public void sendBinary(byte[] bytes) {
        send(BINARY, bytes);
    }

    private synchronized void send(int opcode, byte[] bytes) {
        try {
            socket.sendPiece(opcode, true, bytes);
        } catch (IOException e) {
            end();
        }
    }

    @Override
    public void close() {
        end();
    }

    private void end() {
        if (ended.compareAndSet(false, true)) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
