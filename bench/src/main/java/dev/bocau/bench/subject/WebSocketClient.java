package dev.bocau.bench.subject;

import dev.bocau.bench.subject.Subject.Ear;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A WebSocket, from the client's side.
public abstract class WebSocketClient extends Link {
    protected static final int TEXT = 1;
    protected static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int NORMAL_CLOSURE = 1_000;

    private final String path;
    private final String subprotocol;
    private boolean upgraded;

    /// @param subprotocol empty: none
    protected WebSocketClient(Ear ear, String path, String subprotocol) {
        super(ear);
        this.path = path;
        this.subprotocol = subprotocol;
    }

    /// The upgrade is done.
    protected abstract void opened();

    /// A text or binary frame.
    protected abstract void frame(ByteBuf payload);

    /// All that has come for now was given to {@link #frame}.
    protected void idle() {}

    @Override
    public void channelActive(ChannelHandlerContext active) {
        String header =
                subprotocol.isEmpty() ? "" : "Sec-WebSocket-Protocol: " + subprotocol + "\r\n";
        String request =
                "GET %s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                .formatted(path)
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                        + header
                        + "\r\n";
        write(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII));
    }

    @Override
    protected void decode(ChannelHandlerContext here, ByteBuf in, List<Object> out) {
        if (!upgraded) {
            upgrade(in);
        }
        while (upgraded && next(in)) {}
    }

    private void upgrade(ByteBuf in) {
        String answer = in.toString(StandardCharsets.US_ASCII);
        int end = answer.indexOf("\r\n\r\n");
        if (end < 0) {
            return;
        }
        if (!answer.startsWith("HTTP/1.1 101")) {
            fail("no upgrade: " + answer);
            return;
        }
        in.skipBytes(end + 4);
        upgraded = true;
        opened();
    }

    private boolean next(ByteBuf in) {
        int start = in.readerIndex();
        int readable = in.readableBytes();
        if (readable < 2) {
            return false;
        }
        int length = in.getByte(start + 1) & 0x7f;
        int header = 2;
        if (length == 126 && readable >= 4) {
            length = in.getUnsignedShort(start + 2);
            header = 4;
        } else if (length == 127 && readable >= 10) {
            length = Math.toIntExact(in.getLong(start + 2));
            header = 10;
        } else if (length >= 126) {
            return false;
        }
        if (readable < header + length) {
            return false;
        }
        int opcode = in.getByte(start) & 0x0f;
        in.skipBytes(header);
        ByteBuf payload = in.readSlice(length);
        switch (opcode) {
            case TEXT, BINARY -> frame(payload);
            case PING -> {
                write(PONG, payload.retain());
            }
            case CLOSE -> fail("closed: " + payload.toString(StandardCharsets.UTF_8));
            default -> {}
        }
        return true;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext here) throws Exception {
        super.channelReadComplete(here);
        idle();
    }

    @Override
    protected void farewell() {
        write(CLOSE, Unpooled.buffer(2).writeShort(NORMAL_CLOSURE));
    }

    /// Writes a frame with a mask of zeros, which costs nobody anything.
    protected final void write(int opcode, ByteBuf payload) {
        int length = payload.readableBytes();
        ByteBuf frame = context().alloc().ioBuffer(14 + length);
        frame.writeByte(0x80 | opcode);
        if (length < 126) {
            frame.writeByte(0x80 | length);
        } else if (length <= 0xffff) {
            frame.writeByte(0x80 | 126).writeShort(length);
        } else {
            frame.writeByte(0x80 | 127).writeLong(length);
        }
        frame.writeInt(0).writeBytes(payload);
        payload.release();
        write(frame);
    }
}
