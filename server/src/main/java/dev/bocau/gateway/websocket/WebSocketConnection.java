package dev.bocau.gateway.websocket;

import dev.bocau.frame.About;
import dev.bocau.frame.Incoming;
import dev.bocau.frame.WireFormat;
import dev.bocau.gateway.FrameHeader;
import dev.bocau.gateway.FrameReader;
import dev.bocau.gateway.FramedConnection;
import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.Refusal;
import dev.bocau.session.Session;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// One WebSocket: all that is left of Netty's pipeline after the handshake.
final class WebSocketConnection extends FramedConnection implements FrameReader.Sink {
    private static final int REASON_CHARS = 100;
    private static final int PROTOCOL_ERROR = 1_002;
    private static final byte[] EMPTY = {};

    private final FrameReader reader;

    /// Whether what comes can still be read.
    private boolean readable = true;

    WebSocketConnection(Channel channel, WireFormat format, Limits limits) {
        super(channel, format, limits, FrameHeader.MAX_BYTES);
        this.reader = new FrameReader(limits.frameBytes());
    }

    // ----------------------------------------------------------------------------------------------------- incoming

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        if (!readable) {
            ReferenceCountUtil.release(bytes);
            return;
        }
        try {
            reader.read((ByteBuf) bytes, this);
        } catch (FrameReader.Violation violation) {
            readable = false;
            writeClose(PROTOCOL_ERROR, String.valueOf(violation.getMessage()))
                    .addListener(ChannelFutureListener.CLOSE);
        } catch (FrameReader.TooLong tooLong) {
            readable = false;
            Session current = session();
            if (current != null) {
                current.close(
                        Refusal.of(
                                Code.FRAME_TOO_LARGE,
                                "longer than %,d bytes".formatted(limits().frameBytes())));
            }
        }
    }

    @Override
    public void message(int opcode, byte[] bytes) {
        Session current = session();
        if (current == null || closing() || !readable) {
            return;
        }
        current.receive(
                opcode == opcode()
                        ? format().read(bytes)
                        : new Incoming.Unreadable(wrongKind(), About.NOTHING));
    }

    private int opcode() {
        return format() == WireFormat.JSON ? FrameHeader.TEXT : FrameHeader.BINARY;
    }

    private Refusal wrongKind() {
        String kind = format() == WireFormat.JSON ? "text" : "binary";
        return Refusal.of(
                Code.MALFORMED, "%s is sent in %s frames".formatted(format().subprotocol(), kind));
    }

    @Override
    public void control(int opcode, byte[] bytes) {
        Session current = session();
        if (current != null && !closing()) {
            current.heard();
        }
        switch (opcode) {
            case FrameHeader.PING -> {
                var _ = write(FrameHeader.PONG, bytes);
            }
            case FrameHeader.CLOSE -> {
                readable = false;
                if (closing()) {
                    closeNow();
                } else {
                    write(FrameHeader.CLOSE, bytes.length < 2 ? EMPTY : Arrays.copyOf(bytes, 2))
                            .addListener(ChannelFutureListener.CLOSE);
                }
            }
            default -> {}
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        reader.close();
        super.channelInactive(context);
    }

    // ----------------------------------------------------------------------------------------------------- outgoing

    @Override
    protected void writeHeader(ByteBuf out, int frameBytes) {
        FrameHeader.write(out, opcode(), frameBytes);
    }

    private ChannelFuture write(int opcode, byte[] bytes) {
        ByteBuf out = channel().alloc().ioBuffer(FrameHeader.MAX_BYTES + bytes.length);
        FrameHeader.write(out, opcode, bytes.length);
        return channel().writeAndFlush(out.writeBytes(bytes));
    }

    private ChannelFuture writeClose(int code, String reason) {
        byte[] ascii = shortened(reason).getBytes(StandardCharsets.US_ASCII);
        return write(
                FrameHeader.CLOSE,
                ByteBuffer.allocate(2 + ascii.length).putShort((short) code).put(ascii).array());
    }

    @Override
    public void ping() {
        var _ = write(FrameHeader.PING, EMPTY);
    }

    @Override
    protected void writeGoodbye(Code code, String reason) {
        var _ = writeClose(code.number(), reason);
    }

    /// A close reason has room for 123 bytes: RFC 6455, section 5.5.
    private static String shortened(String reason) {
        StringBuilder ascii = new StringBuilder();
        for (int i = 0; i < Math.min(reason.length(), REASON_CHARS); i++) {
            char c = reason.charAt(i);
            ascii.append(c < 0x80 ? c : '?');
        }
        return ascii.toString();
    }
}
