package dev.bocau.bench.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/// A version, then frames behind their lengths.
final class TcpWire extends FrameWire {
    private static final byte VERSION = 1;
    private static final byte SIGN_OF_LIFE = 0;

    private final Plug plug;

    TcpWire(int port, Installation device) throws IOException {
        super(Encoding.PROTO, device);
        plug = new Plug(port, meter());
        plug.write(VERSION);
    }

    @Override
    void write(byte[] frame) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int left = frame.length;
        for (; left >= 0x80; left >>= 7) {
            out.write(left | 0x80);
        }
        out.write(left);
        out.writeBytes(frame);
        plug.write(out.toByteArray());
    }

    @Override
    byte[] read() throws IOException {
        int length = plug.readVarint();
        while (length == 0) {
            plug.write(SIGN_OF_LIFE);
            length = plug.readVarint();
        }
        return plug.read(length);
    }

    @Override
    public void beat() throws IOException {
        if (plug.readVarint() != 0) {
            throw new IOException("no silence");
        }
        plug.write(SIGN_OF_LIFE);
    }

    @Override
    public void close() throws IOException {
        plug.close();
    }
}
