package dev.bocau.gateway.tcp;

import com.google.protobuf.WireFormat;
import dev.bocau.gateway.StreamReader;
import io.netty.buffer.ByteBuf;

/// Makes frames of the bytes that a client sends: the version, then frames. Nothing stands between
/// them: a ClientFrame is one field, whose key and length say where it ends.
final class FrameReader extends StreamReader<FrameReader.Sink> {
    /// The first byte of a client; the only version there is.
    static final int VERSION = 1;

    private static final int SIGN_OF_LIFE = 0;
    private static final int NOT_WHOLE = -1;
    private static final int MAX_VARINT_BYTES = 5;
    private static final int MORE = 0x80;

    /// Takes what has been read, in order.
    interface Sink {
        void frame(byte[] bytes);

        /// A byte where a frame would begin that no frame begins with.
        void signOfLife();
    }

    private final int maxBytes;
    private boolean greeted;

    /// @param maxBytes of a frame
    FrameReader(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    @Override
    protected boolean frame(ByteBuf in, Sink sink) throws Violation, TooLong {
        if (!in.isReadable()) {
            return false;
        }
        if (!greeted) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new Violation("version %d is not spoken here".formatted(version));
            }
            greeted = true;
        }
        int start = in.readerIndex();
        long key = readVarint(in);
        if (key == SIGN_OF_LIFE) {
            sink.signOfLife();
            return true;
        }
        if (key != NOT_WHOLE && (key & 7) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            throw new Violation("no frame begins with %d".formatted(key));
        }
        long length = readVarint(in);
        int header = in.readerIndex() - start;
        in.readerIndex(start);
        if (header + length > maxBytes) {
            throw new TooLong();
        }
        if (key == NOT_WHOLE || length == NOT_WHOLE || in.readableBytes() < header + length) {
            return false;
        }
        byte[] bytes = new byte[header + (int) length];
        in.readBytes(bytes);
        sink.frame(bytes);
        return true;
    }

    /// Reads a number as protobuf writes it: seven bits a byte, the lowest first, the highest bit
    /// set where more follow.
    private static long readVarint(ByteBuf in) throws Violation {
        long value = 0;
        for (int read = 0; in.isReadable(); read++) {
            int next = in.readUnsignedByte();
            value |= (long) (next & ~MORE) << (7 * read);
            if ((next & MORE) == 0) {
                if (next == 0 && read > 0) {
                    throw new Violation("a number has a shorter form");
                }
                return value;
            }
            if (read + 1 == MAX_VARINT_BYTES) {
                throw new Violation("a number has no end");
            }
        }
        return NOT_WHOLE;
    }
}
