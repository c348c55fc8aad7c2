package dev.bocau.gateway;

import io.netty.buffer.ByteBuf;

/// The first bytes of a WebSocket frame: RFC 6455, section 5.2.
public final class FrameHeader {
    static final int CONTINUATION = 0;
    public static final int TEXT = 1;
    public static final int BINARY = 2;
    public static final int CLOSE = 8;
    public static final int PING = 9;
    public static final int PONG = 10;

    /// In front of an opcode: this frame is the message's last.
    static final int LAST = 0x80;

    /// In front of a length: a mask follows.
    static final int MASKED = 0x80;

    /// A length of up to 125 stands in the second byte itself; these stand for one of two bytes,
    /// and for one of eight.
    static final int LENGTH_OF_2 = 126;

    static final int LENGTH_OF_8 = 127;
    static final int MAX_CONTROL_BYTES = 125;

    /// The longest that a server sends.
    public static final int MAX_BYTES = 10;

    private FrameHeader() {}

    /// Writes the header of a frame as a server sends it: whole, and not masked.
    public static void write(ByteBuf out, int opcode, int length) {
        out.writeByte(LAST | opcode);
        if (length < LENGTH_OF_2) {
            out.writeByte(length);
        } else if (length <= 0xffff) {
            out.writeByte(LENGTH_OF_2).writeShort(length);
        } else {
            out.writeByte(LENGTH_OF_8).writeLong(length);
        }
    }
}
