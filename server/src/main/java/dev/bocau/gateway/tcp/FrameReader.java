package dev.bocau.gateway.tcp;

import dev.bocau.gateway.StreamReader;
import io.netty.buffer.ByteBuf;

/// Makes frames of the bytes that a client sends: the version, then frames behind their lengths.
final class FrameReader extends StreamReader<FrameReader.Sink> {
    /// The first byte of a client; the only version there is.
    static final int VERSION = 1;

    /// A length is a varint of protobuf: seven bits a byte, the lowest first, the highest bit set
    /// where more follow.
    static final int MAX_LENGTH_BYTES = 5;

    private static final int MORE = 0x80;

    /// Takes what has been read, in order.
    interface Sink {
        void frame(byte[] bytes);

        /// A frame of no bytes.
        void signOfLife();
    }

    private final int maxBytes;
    private boolean greeted;

    /// @param maxBytes of a frame, without its length
    FrameReader(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    @Override
    protected boolean frame(ByteBuf in, Sink sink) throws Violation, TooLong {
        if (greeted) {
            return behindLength(in, sink);
        }
        if (!in.isReadable()) {
            return false;
        }
        int version = in.readUnsignedByte();
        if (version != VERSION) {
            throw new Violation("version %d is not spoken here".formatted(version));
        }
        greeted = true;
        return behindLength(in, sink);
    }

    private boolean behindLength(ByteBuf in, Sink sink) throws Violation, TooLong {
        long length = 0;
        int at = in.readerIndex();
        for (int read = 0; ; read++) {
            if (at + read == in.writerIndex()) {
                return false;
            }
            int next = in.getUnsignedByte(at + read);
            length |= (long) (next & ~MORE) << (7 * read);
            if (length > maxBytes) {
                throw new TooLong();
            }
            if ((next & MORE) == 0) {
                if (next == 0 && read > 0) {
                    throw new Violation("the length has a shorter form");
                }
                at += read + 1;
                break;
            }
            if (read + 1 == MAX_LENGTH_BYTES) {
                throw new Violation("the length has no end");
            }
        }
        if (in.writerIndex() - at < length) {
            return false;
        }
        in.readerIndex(at);
        if (length == 0) {
            sink.signOfLife();
        } else {
            byte[] bytes = new byte[(int) length];
            in.readBytes(bytes);
            sink.frame(bytes);
        }
        return true;
    }

    /// Writes a length.
    static void writeLength(ByteBuf out, int length) {
        int left = length;
        while (left >= MORE) {
            out.writeByte((left & ~MORE) | MORE);
            left >>>= 7;
        }
        out.writeByte(left);
    }
}
