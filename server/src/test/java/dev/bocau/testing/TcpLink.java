package dev.bocau.testing;

import com.google.protobuf.WireFormat;
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
    private static final int POSITION =
            ServerFrame.POSITION_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
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
        byte[] frame = readFrame(in);
        if (frame.length == 0) {
            write(new byte[] {0});
            return;
        }
        ServerFrame read = ServerFrame.parseFrom(frame);
        code(read.hasError() ? read.getError().getCode() : NO_CODE);
        tell(read);
    }

    /// The bytes of the next frame: fields up to the first that is not the position. None: a sign
    /// of life.
    ///
    /// @throws EOFException at the end
    public static byte[] readFrame(InputStream in) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        int key = POSITION;
        while (key == POSITION) {
            key = readVarint(in, frame);
            if (key == 0) {
                return new byte[0];
            }
            int length = readVarint(in, frame);
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException();
            }
            frame.writeBytes(bytes);
        }
        return frame.toByteArray();
    }

    private static int readVarint(InputStream in, ByteArrayOutputStream copy) throws IOException {
        int value = 0;
        for (int shift = 0, next = 0x80; next >= 0x80; shift += 7) {
            next = in.read();
            if (next < 0) {
                throw new EOFException();
            }
            copy.write(next);
            value |= (next & 0x7f) << shift;
        }
        return value;
    }

    @Override
    public void send(ClientFrame frame) {
        try {
            write(frame.toByteArray());
        } catch (IOException e) {
            close();
        }
    }

    private synchronized void write(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }
}
