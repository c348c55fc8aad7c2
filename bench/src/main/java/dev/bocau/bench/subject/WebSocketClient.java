package dev.bocau.bench.subject;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A WebSocket, from the client's side, as lean as can be: what it takes is taken from the server
/// that is measured beside it.
abstract class WebSocketClient extends ByteToMessageDecoder {
    static final int TEXT = 1;
    static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final long PATIENCE_S = 60;

    private final String path;
    private final String subprotocol;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private @Nullable ChannelHandlerContext context;
    private boolean upgraded;

    /// @param subprotocol empty: none
    WebSocketClient(String path, String subprotocol) {
        this.path = path;
        this.subprotocol = subprotocol;
    }

    /// The upgrade is done.
    abstract void opened();

    /// A text or binary frame.
    abstract void frame(int opcode, ByteBuf payload);

    /// All that has come for now was given to {@link #frame}.
    void idle() {}

    abstract void ended(String why);

    final ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }

    /// The subclass is let in.
    final void ready() {
        ready.complete(null);
    }

    final void awaitReady() throws IOException {
        try {
            ready.get(PATIENCE_S, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IOException("not let in: " + e.getMessage(), e);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

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
        var _ = active.writeAndFlush(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII));
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
            var _ = context().close();
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
            case TEXT, BINARY -> frame(opcode, payload);
            case PING -> {
                write(PONG, payload.retain());
            }
            case CLOSE -> fail("closed: " + payload.toString(StandardCharsets.UTF_8));
            default -> {}
        }
        return true;
    }

    private void fail(String why) {
        ready.completeExceptionally(new IOException(why));
        ended(why);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext here) throws Exception {
        super.channelReadComplete(here);
        idle();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext here, Throwable cause) {
        fail(cause.toString());
        var _ = here.close();
    }

    /// Writes a frame with a mask of zeros, which costs nobody anything.
    final void write(int opcode, ByteBuf payload) {
        int length = payload.readableBytes();
        ByteBuf header = context().alloc().ioBuffer(8 + length);
        header.writeByte(0x80 | opcode);
        if (length < 126) {
            header.writeByte(0x80 | length);
        } else {
            header.writeByte(0x80 | 126).writeShort(length);
        }
        header.writeInt(0).writeBytes(payload);
        payload.release();
        var _ = context().writeAndFlush(header);
    }
}
