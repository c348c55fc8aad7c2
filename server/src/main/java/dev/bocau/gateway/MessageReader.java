package dev.bocau.gateway;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Makes messages of the bytes that a client sends: RFC 6455, section 5.
public final class MessageReader extends StreamReader<MessageReader.Sink> {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final int MASK_BYTES = 4;

    /// Takes what has been read, in order.
    public interface Sink {
        /// A whole message.
        ///
        /// @param opcode {@link FrameHeader#TEXT} or {@link FrameHeader#BINARY}
        void message(int opcode, byte[] bytes);

        /// What is said beside the messages.
        ///
        /// @param opcode {@link FrameHeader#CLOSE}, {@link FrameHeader#PING} or {@link
        ///   FrameHeader#PONG}
        void control(int opcode, byte[] bytes);
    }

    private final int maxBytes;

    /// The frames so far of a message whose last one has not come, and the opcode of the first.
    private @Nullable ByteArrayOutputStream pieces;

    private int begunAs;

    /// @param maxBytes of a message, in however many frames it comes
    public MessageReader(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    @Override
    public void close() {
        super.close();
        pieces = null;
    }

    @Override
    protected boolean frame(ByteBuf in, Sink sink) throws Violation, TooLong {
        if (in.readableBytes() < 2) {
            return false;
        }
        int at = in.readerIndex();
        int first = in.getByte(at);
        int opcode = first & 0x0f;
        boolean last = (first & FrameHeader.LAST) != 0;
        int shortLength = in.getByte(at + 1) & 0x7f;
        check((first & 0x70) == 0, "a reserved bit is set");
        check((in.getByte(at + 1) & FrameHeader.MASKED) != 0, "a client masks its frames");
        boolean control = known(opcode, last, shortLength);
        int header = 2 + lengthBytes(shortLength);
        if (in.readableBytes() < header) {
            return false;
        }
        long length = length(in, at + 2, shortLength);
        int before = pieces == null || control ? 0 : pieces.size();
        if (length > maxBytes - before) {
            throw new TooLong();
        }
        if (in.readableBytes() < header + MASK_BYTES + length) {
            return false;
        }
        byte[] payload = new byte[(int) length];
        in.getBytes(at + header + MASK_BYTES, payload);
        unmask(payload, in.getInt(at + header));
        in.skipBytes(header + MASK_BYTES + payload.length);
        if (control) {
            sink.control(opcode, payload);
        } else {
            data(opcode, last, payload, sink);
        }
        return true;
    }

    /// @return whether it is a control frame, which may come between the frames of a message
    private boolean known(int opcode, boolean last, int shortLength) throws Violation {
        switch (opcode) {
            case FrameHeader.CONTINUATION -> check(pieces != null, "a continuation of nothing");
            case FrameHeader.TEXT, FrameHeader.BINARY ->
                    check(pieces == null, "a message begins within another");
            case FrameHeader.CLOSE, FrameHeader.PING, FrameHeader.PONG ->
                    check(
                            last && shortLength <= FrameHeader.MAX_CONTROL_BYTES,
                            "a control frame is short and whole");
            default -> throw new Violation("opcode " + opcode);
        }
        return opcode >= FrameHeader.CLOSE;
    }

    private static int lengthBytes(int shortLength) {
        return switch (shortLength) {
            case FrameHeader.LENGTH_OF_2 -> 2;
            case FrameHeader.LENGTH_OF_8 -> 8;
            default -> 0;
        };
    }

    private static long length(ByteBuf in, int at, int shortLength) throws Violation {
        return switch (shortLength) {
            case FrameHeader.LENGTH_OF_2 -> {
                int length = in.getUnsignedShort(at);
                check(length >= FrameHeader.LENGTH_OF_2, "the length has a shorter form");
                yield length;
            }
            case FrameHeader.LENGTH_OF_8 -> {
                long length = in.getLong(at);
                check(length > 0xffff, "the length is negative or has a shorter form");
                yield length;
            }
            default -> shortLength;
        };
    }

    private static void check(boolean kept, String rule) throws Violation {
        if (!kept) {
            throw new Violation(rule);
        }
    }

    private static void unmask(byte[] bytes, int mask) {
        long twice = (long) mask << 32 | (mask & 0xffff_ffffL);
        int at = 0;
        for (; at + 8 <= bytes.length; at += 8) {
            LONGS.set(bytes, at, (long) LONGS.get(bytes, at) ^ twice);
        }
        if (at + 4 <= bytes.length) {
            INTS.set(bytes, at, (int) INTS.get(bytes, at) ^ mask);
            at += 4;
        }
        for (int shift = 24; at < bytes.length; at++, shift -= 8) {
            bytes[at] ^= (byte) (mask >>> shift);
        }
    }

    private void data(int opcode, boolean last, byte[] payload, Sink sink) {
        if (opcode != FrameHeader.CONTINUATION) {
            begunAs = opcode;
        }
        ByteArrayOutputStream begun = pieces;
        if (begun == null && last) {
            sink.message(begunAs, payload);
            return;
        }
        if (begun == null) {
            begun = new ByteArrayOutputStream();
            pieces = begun;
        }
        begun.writeBytes(payload);
        if (last) {
            pieces = null;
            sink.message(begunAs, begun.toByteArray());
        }
    }
}
