package dev.bocau.bench.wire;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// A socket to a port of this machine whose bytes are counted.
final class Plug implements AutoCloseable {
    /// Longer than any heartbeat.
    private static final int PATIENCE_MS = 120_000;

    private static final int BUFFER_BYTES = 2_048;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final Meter meter;

    Plug(int port, Meter meter) throws IOException {
        this.meter = meter;
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MS);
        in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
        out = socket.getOutputStream();
    }

    void write(byte... bytes) throws IOException {
        out.write(bytes);
        meter.up(bytes.length);
    }

    int read() throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EOFException("the server has ended the connection");
        }
        meter.down(1);
        return next;
    }

    byte[] read(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the server has ended the connection");
        }
        meter.down(length);
        return bytes;
    }

    /// A key or a length as protobuf and MQTT write it: seven bits a byte, the lowest first.
    int readVarint() throws IOException {
        int length = 0;
        for (int shift = 0; ; shift += 7) {
            int next = read();
            length |= (next & 0x7f) << shift;
            if (next < 0x80) {
                return length;
            }
        }
    }

    // ----------------------------------------------------------------------------------------------------------- HTTP

    /// @param headers by their names in lower case
    record Response(int status, Map<String, String> headers, byte[] body) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /// A request with a body.
    void post(String path, String type, byte[] body) throws IOException {
        String head =
                "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
                        .formatted(path, type, body.length);
        byte[] request = new byte[head.length() + body.length];
        System.arraycopy(head.getBytes(StandardCharsets.US_ASCII), 0, request, 0, head.length());
        System.arraycopy(body, 0, request, head.length(), body.length);
        write(request);
    }

    /// @param headers further ones, each a whole line
    void get(String path, String... headers) throws IOException {
        String request =
                "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n"
                        .formatted(path, String.join("", headers));
        write(request.getBytes(StandardCharsets.US_ASCII));
    }

    /// @throws IOException also if the server has refused
    Response response() throws IOException {
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        Map<String, String> headers = new HashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        byte[] body = read(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        if (status >= 400) {
            throw new IOException(
                    "refused with %d: %s"
                            .formatted(status, new String(body, StandardCharsets.UTF_8)));
        }
        return new Response(status, headers, body);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = read(); next != '\n'; next = read()) {
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
