package dev.bocau.testing;

import dev.bocau.frame.TestFrames;
import dev.bocau.frame.WireFormat;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.ServerFrame;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/// A {@link Link} over a real WebSocket, read by a thread of its own.
public final class SocketLink extends SocketedLink {
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final WireFormat format;
    private final RawSocket socket;

    private SocketLink(RawSocket socket, WireFormat format, Listener listener) {
        super(listener, socket);
        this.format = format;
        this.socket = socket;
    }

    /// A way to a port of this machine; opening throws {@link java.io.UncheckedIOException} when
    /// nobody answers there.
    public static Opener to(URI uri, WireFormat format) {
        return to(uri.getPort(), format);
    }

    public static Opener to(int port, WireFormat format) {
        return way(listener ->
                new SocketLink(
                        RawSocket.upgraded(port, "/ws", format.subprotocol()), format, listener));
    }

    @Override
    void read() throws IOException {
        RawSocket.Frame frame = socket.read();
        switch (frame.opcode()) {
            case TEXT ->
                    tell(
                            TestFrames.serverFrame(
                                    new String(frame.payload(), StandardCharsets.UTF_8)));
            case BINARY -> tell(ServerFrame.parseFrom(frame.payload()));
            case PING -> send(PONG, frame.payload());
            case CLOSE -> {
                code(frame.closeCode());
                send(CLOSE, frame.payload());
            }
            default -> {}
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
            close();
        }
    }
}
