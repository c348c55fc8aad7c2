package dev.bocau.client;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import dev.bocau.protocol.ClientFrame;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// What a client sends over TCP, as a server reads it.
final class Wire {
    private Wire() {}

    /// Not a byte more than the next frame; one without a body is a sign of life.
    static ClientFrame read(InputStream from) throws IOException {
        int first = from.read();
        if (first < 0) {
            throw new EOFException();
        }
        if (first == 0) {
            return ClientFrame.getDefaultInstance();
        }
        int key = CodedInputStream.readRawVarint32(first, from);
        int length = CodedInputStream.readRawVarint32(from.read(), from);
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        CodedOutputStream copy = CodedOutputStream.newInstance(frame);
        copy.writeUInt32NoTag(key);
        copy.writeUInt32NoTag(length);
        copy.writeRawBytes(from.readNBytes(length));
        copy.flush();
        return ClientFrame.parseFrom(frame.toByteArray());
    }
}
