package dev.bocau.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// A socket on which a test writes what it likes.
public final class RawSocket implements Closeable {
    private final Socket socket;
    private final DataInputStream in;

    public RawSocket(int port) throws IOException {
        this(port, 10_000);
    }

    /// @param patienceMs how long a read waits; 0: for ever
    RawSocket(int port, int patienceMs) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(patienceMs);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    /// A WebSocket on which reading waits for ever.
    static RawSocket upgraded(int port, String path, String subprotocol) throws IOException {
        RawSocket socket = new RawSocket(port, 0);
        try {
            socket.handshake(path, subprotocol);
            return socket;
        } catch (IOException | AssertionError e) {
            socket.close();
            throw e;
        }
    }

    public void handshake(String subprotocol) throws IOException {
        handshake("/ws", subprotocol);
    }

    /// Asks for a WebSocket.
    ///
    /// @param subprotocol empty: none
    private void handshake(String path, String subprotocol) throws IOException {
        String header =
                subprotocol.isEmpty() ? "" : "Sec-WebSocket-Protocol: " + subprotocol + "\n";
        String answer =
                ask(
                        "GET "
                                + path
                                + " HTTP/1.1\nHost: localhost\nUpgrade: websocket\nConnection: Upgrade\n"
                                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13\n"
                                + header
                                + "\n");
        assertThat(answer).startsWith("HTTP/1.1 101");
    }

    /// Sends a request, its lines ended as in a text block, and reads the head of the answer.
    public String ask(String request) throws IOException {
        write(request.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next == -1) {
                throw new EOFException("the connection has ended within the answer: " + answer);
            }
            answer.append((char) next);
        }
        return answer.toString();
    }

    /// Reads the body of the answer whose head was read.
    public String body(String head) throws IOException {
        int length =
                head.lines()
                        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                        .map(line -> Integer.valueOf(line.substring(15).strip()))
                        .findFirst()
                        .orElse(0);
        byte[] body = new byte[length];
        in.readFully(body);
        return new String(body, StandardCharsets.UTF_8);
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

    public void sendPiece(int opcode, boolean last, byte[] bytes) throws IOException {
        write(frame(opcode, last, bytes));
    }

    /// Sends the same text so many times at once.
    public void sendTexts(int times, String text) throws IOException {
        byte[] frame = frame(1, true, text.getBytes(StandardCharsets.UTF_8));
        ByteBuffer all = ByteBuffer.allocate(frame.length * times);
        for (int i = 0; i < times; i++) {
            all.put(frame);
        }
        write(all.array());
    }

    /// With a mask of zeros, which is a mask.
    private static byte[] frame(int opcode, boolean last, byte[] bytes) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write((last ? 0x80 : 0) | opcode);
        if (bytes.length < 126) {
            frame.write(0x80 | bytes.length);
        } else if (bytes.length < 0x10000) {
            frame.write(0x80 | 126);
            frame.write(bytes.length >> 8);
            frame.write(bytes.length);
        } else {
            frame.write(0x80 | 127);
            frame.writeBytes(ByteBuffer.allocate(8).putLong(bytes.length).array());
        }
        frame.write(new byte[4]);
        frame.write(bytes);
        return frame.toByteArray();
    }

    public String readText() throws IOException {
        return new String(readFrame(1), StandardCharsets.UTF_8);
    }

    public int readClose() throws IOException {
        return new Frame(8, readFrame(8)).closeCode();
    }

    private byte[] readFrame(int opcode) throws IOException {
        while (true) {
            Frame frame = read();
            if (frame.opcode() == opcode) {
                return frame.payload();
            }
        }
    }

    /// The next frame, which no server of ours sends in pieces.
    ///
    /// @throws java.io.EOFException when the connection has ended
    Frame read() throws IOException {
        int opcode = in.readUnsignedByte() & 0x0f;
        long length = in.readUnsignedByte() & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        byte[] payload = new byte[Math.toIntExact(length)];
        in.readFully(payload);
        return new Frame(opcode, payload);
    }

    record Frame(int opcode, byte[] payload) {
        /// 1005: none was given (RFC 6455 7.4.1).
        int closeCode() {
            return payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xffff;
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
