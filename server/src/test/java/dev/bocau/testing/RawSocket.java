package dev.bocau.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A socket on which a test writes what it likes.
public final class RawSocket implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    public RawSocket(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        in = socket.getInputStream();
    }

    public void handshake(String subprotocol) throws IOException {
        String header =
                subprotocol.isEmpty() ? "" : "Sec-WebSocket-Protocol: " + subprotocol + "\r\n";
        write(
                ("GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                                + header
                                + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            answer.append((char) in.read());
        }
        assertThat(answer.toString()).startsWith("HTTP/1.1 101");
    }

    public void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    public void sendText(String text) throws IOException {
        sendPiece(1, true, text);
    }

    public void sendPiece(int opcode, boolean last, String text) throws IOException {
        sendPiece(opcode, last, text.getBytes(StandardCharsets.UTF_8));
    }

    /// With a mask of zeros, which is a mask.
    public void sendPiece(int opcode, boolean last, byte[] bytes) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write((last ? 0x80 : 0) | opcode);
        if (bytes.length < 126) {
            frame.write(0x80 | bytes.length);
        } else {
            frame.write(0x80 | 126);
            frame.write(bytes.length >> 8);
            frame.write(bytes.length);
        }
        frame.write(new byte[4]);
        frame.write(bytes);
        write(frame.toByteArray());
    }

    public String readText() throws IOException {
        return new String(readFrame(1), StandardCharsets.UTF_8);
    }

    public int readClose() throws IOException {
        byte[] payload = readFrame(8);
        return ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
    }

    private byte[] readFrame(int opcode) throws IOException {
        while (true) {
            int first = in.read();
            assertThat(first).as("a frame of kind %d", opcode).isNotEqualTo(-1);
            int length = in.read() & 0x7f;
            if (length == 126) {
                length = (in.read() << 8) | in.read();
            }
            byte[] payload = in.readNBytes(length);
            if ((first & 0x0f) == opcode) {
                return payload;
            }
        }
    }

    /// Whether the other side ends the connection without having said anything.
    public boolean isEnded() throws IOException {
        return in.read() == -1;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
