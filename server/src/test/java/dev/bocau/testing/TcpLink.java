package dev.bocau.testing;

import com.google.protobuf.ByteString;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.ServerFrame;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/// A {@link Link} of protobuf over TCP, read by a thread of its own.
public final class TcpLink extends SocketedLink {
    private static final int VERSION = 1;
    private static final int NO_CODE = 0;

    private final InputStream in;
    private final OutputStream out;

    private TcpLink(Socket socket, Listener listener) throws IOException {
        super(listener, socket);
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
        socket.setTcpNoDelay(true);
        write(new byte[] {VERSION});
    }

    /// A way to a port of this machine.
    public static Opener to(int port) {
        return to(port, SocketFactory.getDefault());
    }

    /// A way over other sockets than plain ones.
    ///
    /// @param sockets of TLS, say
    public static Opener to(int port, SocketFactory sockets) {
        return way(listener ->
                new TcpLink(
                        sockets.createSocket(InetAddress.getLoopbackAddress(), port), listener));
    }

    /// The last error before the end says why.
    @Override
    void read() throws IOException {
        ByteString frame = readFrame(in);
        if (frame.isEmpty()) {
            write(new byte[] {0});
            return;
        }
        ServerFrame read = ServerFrame.parseFrom(frame);
        code(read.hasError() ? read.getError().getCode() : NO_CODE);
        tell(read);
    }

    /// @throws java.io.EOFException at the end
    static ByteString readFrame(InputStream in) throws IOException {
        int length = 0;
        for (int shift = 0; ; shift += 7) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException();
            }
            length |= (next & 0x7f) << shift;
            if (next < 0x80) {
                break;
            }
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return ByteString.copyFrom(bytes);
    }

    @Override
    public void send(ClientFrame frame) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            frame.writeDelimitedTo(bytes);
            write(bytes.toByteArray());
        } catch (IOException e) {
            close();
        }
    }

    private synchronized void write(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }
}
