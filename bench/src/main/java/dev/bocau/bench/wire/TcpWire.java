package dev.bocau.bench.wire;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.bocau.protocol.ServerFrame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/// A version, then frames with nothing between them.
final class TcpWire extends FrameWire {
    private static final byte VERSION = 1;
    private static final byte SIGN_OF_LIFE = 0;
    private static final int POSITION =
            ServerFrame.POSITION_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;

    private final Plug plug;

    TcpWire(int port, Installation device) throws IOException {
        super(Encoding.PROTO, device);
        plug = new Plug(port, meter());
        plug.write(VERSION);
    }

    @Override
    void write(byte[] frame) throws IOException {
        plug.write(frame);
    }

    @Override
    byte[] read() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream frame = CodedOutputStream.newInstance(bytes);
        int key = plug.readVarint();
        while (key == SIGN_OF_LIFE) {
            plug.write(SIGN_OF_LIFE);
            key = plug.readVarint();
        }
        readField(key, frame);
        if (key == POSITION) {
            readField(plug.readVarint(), frame);
        }
        frame.flush();
        return bytes.toByteArray();
    }

    private void readField(int key, CodedOutputStream copy) throws IOException {
        copy.writeUInt32NoTag(key);
        copy.writeByteArrayNoTag(plug.read(plug.readVarint()));
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
