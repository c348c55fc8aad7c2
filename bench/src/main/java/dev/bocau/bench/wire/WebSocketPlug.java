package dev.bocau.bench.wire;

import java.io.IOException;
import java.nio.ByteBuffer;

/// A WebSocket (RFC 6455), from the client's side.
final class WebSocketPlug implements AutoCloseable {
    static final int TEXT = 1;
    static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final Plug plug;

    /// @param subprotocol empty: none
    WebSocketPlug(int port, String path, String subprotocol, Meter meter) throws IOException {
        plug = new Plug(port, meter);
        plug.get(
                path,
                "Upgrade: websocket\r\nConnection: Upgrade\r\n",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n",
                subprotocol.isEmpty() ? "" : "Sec-WebSocket-Protocol: " + subprotocol + "\r\n");
        if (plug.response().status() != 101) {
            throw new IOException("no upgrade");
        }
    }

    /// With a mask of zeros: its bytes count, whatever they are.
    void write(int opcode, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(14 + payload.length).put((byte) (0x80 | opcode));
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else if (payload.length <= 0xffff) {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        frame.putInt(0).put(payload).flip();
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        plug.write(bytes);
    }

    /// The payload of the next message; pings before it are answered.
    byte[] read() throws IOException {
        byte[] message = readOrAnswer();
        while (message.length == 0) {
            message = readOrAnswer();
        }
        return message;
    }

    /// Waits for a ping, and answers.
    void beat() throws IOException {
        if (readOrAnswer().length > 0) {
            throw new IOException("no silence");
        }
    }

    /// A message, or nothing: it was a ping.
    private byte[] readOrAnswer() throws IOException {
        int opcode = plug.read() & 0x0f;
        int length = plug.read();
        if (length == 126) {
            length = plug.read() << 8 | plug.read();
        } else if (length == 127) {
            length = Math.toIntExact(ByteBuffer.wrap(plug.read(8)).getLong());
        }
        byte[] payload = plug.read(length);
        return switch (opcode) {
            case PING -> {
                write(PONG, payload);
                yield new byte[0];
            }
            case CLOSE -> throw new IOException("the server has closed the WebSocket");
            default -> payload;
        };
    }

    @Override
    public void close() throws IOException {
        plug.close();
    }
}
