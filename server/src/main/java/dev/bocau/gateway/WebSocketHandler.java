package dev.bocau.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One WebSocket: all that is left of Netty's pipeline after the handshake. Reads messages, answers
/// pings and closes (RFC 6455, sections 5 and 7), and reads no more than it is allowed to. What the
/// messages are is up to the transport that extends it.
public abstract class WebSocketHandler extends ChannelInboundHandlerAdapter
        implements FrameReader.Sink {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketHandler.class);
    private static final int REASON_CHARS = 100;
    private static final long CLOSE_WAIT_MS = 2_000;
    private static final int PROTOCOL_ERROR = 1_002;
    private static final byte[] EMPTY = {};

    private final Channel channel;
    private final FrameReader reader;
    private boolean wanted = true;
    private boolean taking = true;

    /// Whether what comes can still be read.
    private boolean readable = true;

    protected WebSocketHandler(Channel channel, int maxMessageBytes) {
        this.channel = channel;
        this.reader = new FrameReader(maxMessageBytes);
    }

    // --------------------------------------------------------------------------------- what the
    // transport makes of it

    /// A whole message. Those behind one that is too long, or no message, do not come.
    @Override
    public abstract void message(int opcode, byte[] bytes);

    /// A sign of life.
    protected abstract void heard();

    /// A message is longer than allowed; nothing that follows can be read.
    protected abstract void tooLong();

    /// Whether this side has begun to close.
    protected abstract boolean isClosing();

    /// The socket is gone.
    protected abstract void gone();

    protected final Channel channel() {
        return channel;
    }

    protected final boolean isReadable() {
        return readable;
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
            violated(String.valueOf(violation.getMessage()));
        } catch (FrameReader.TooLong tooLong) {
            readable = false;
            tooLong();
        }
    }

    /// The client does not keep to the protocol.
    protected final void violated(String how) {
        readable = false;
        writeClose(PROTOCOL_ERROR, how).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void control(int opcode, byte[] bytes) {
        if (!isClosing()) {
            heard();
        }
        switch (opcode) {
            case FrameHeader.PING -> {
                var _ = write(FrameHeader.PONG, bytes);
            }
            case FrameHeader.CLOSE -> {
                readable = false;
                if (isClosing()) {
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
        gone();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // What TLS finds wrong is an IOException within a DecoderException.
        if (!(cause instanceof IOException || cause.getCause() instanceof IOException)) {
            LOG.warn("a connection failed", cause);
        }
        closeNow();
    }

    private void closeNow() {
        var _ = channel.close();
    }

    // ----------------------------------------------------------------------------------------------------- outgoing

    protected final ChannelFuture write(int opcode, byte[] bytes) {
        ByteBuf out = channel.alloc().ioBuffer(FrameHeader.MAX_BYTES + bytes.length);
        FrameHeader.write(out, opcode, bytes.length);
        return channel.writeAndFlush(out.writeBytes(bytes));
    }

    private ChannelFuture writeClose(int code, String reason) {
        byte[] ascii = shortened(reason).getBytes(StandardCharsets.US_ASCII);
        return write(
                FrameHeader.CLOSE,
                ByteBuffer.allocate(2 + ascii.length).putShort((short) code).put(ascii).array());
    }

    /// The other side is to answer and to end the connection: if it were ended here at once, what
    /// it has not read yet would be lost on the way. On the event loop.
    protected final void sayGoodbye(int code, String reason) {
        read(true);
        var _ = writeClose(code, reason);
        closeSoon();
    }

    private void closeSoon() {
        var _ = channel.eventLoop().schedule(this::closeNow, CLOSE_WAIT_MS, TimeUnit.MILLISECONDS);
    }

    /// Ends the connection behind what was written, without a word: for clients that do not tell
    /// their users of a WebSocket's close. On the event loop.
    protected final void hangUp() {
        readable = false;
        read(true);
        if (channel instanceof DuplexChannel duplex) {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER)
                    .addListener(written -> {
                        var _ = duplex.shutdownOutput();
                    });
            closeSoon();
        } else {
            closeNow();
        }
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

    // ---------------------------------------------------------------------------------------------------- flow

    /// Whether to go on reading from the socket.
    public synchronized void read(boolean on) {
        wanted = on;
        readOrNot();
    }

    /// A client that does not take what it is sent is not listened to either: the answers to its
    /// pings would pile up.
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        synchronized (this) {
            taking = channel.isWritable();
            readOrNot();
        }
        context.fireChannelWritabilityChanged();
    }

    private void readOrNot() {
        channel.config().setAutoRead(wanted && taking);
    }
}
