package dev.bocau.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The protocol of one WebSocket: reads messages, answers pings and closes (RFC 6455, sections 5
/// and 7). What the messages are is up to the transport. On the event loop, but for writing.
public final class WebSocket implements MessageReader.Sink {
    private static final int REASON_CHARS = 100;
    private static final int PROTOCOL_ERROR = 1_002;
    private static final byte[] EMPTY = {};

    private final Channel channel;
    private final Listener listener;
    private final MessageReader reader;

    /// Whether what comes can still be read.
    private boolean readable = true;

    /// The transport, as its WebSocket sees it.
    public interface Listener {
        /// A whole message. Those behind one that is too long, or no message, do not come.
        ///
        /// @param opcode {@link FrameHeader#TEXT} or {@link FrameHeader#BINARY}
        void message(int opcode, byte[] bytes);

        /// A sign of life that is no message.
        void heard();

        /// A message is longer than allowed; nothing that follows can be read.
        void tooLong();

        /// Whether this side has begun to close.
        boolean closing();
    }

    /// @param maxBytes of a message
    public WebSocket(Channel channel, Listener listener, int maxBytes) {
        this.channel = channel;
        this.listener = listener;
        this.reader = new MessageReader(maxBytes);
    }

    // ----------------------------------------------------------------------------------------------------- incoming

    /// Bytes have come; they are released.
    public void read(Object bytes) {
        if (!readable) {
            ReferenceCountUtil.release(bytes);
            return;
        }
        try {
            reader.read((ByteBuf) bytes, this);
        } catch (StreamReader.Violation violation) {
            violated(String.valueOf(violation.getMessage()));
        } catch (StreamReader.TooLong tooLong) {
            readable = false;
            listener.tooLong();
        }
    }

    /// The client does not keep to the protocol.
    public void violated(String how) {
        readable = false;
        writeClose(PROTOCOL_ERROR, how).addListener(ChannelFutureListener.CLOSE);
    }

    /// Nothing that comes is of interest any more.
    public void stopReading() {
        readable = false;
    }

    /// The socket is gone: lets go of what it holds.
    public void gone() {
        reader.close();
    }

    @Override
    public void message(int opcode, byte[] bytes) {
        if (readable && !listener.closing()) {
            listener.message(opcode, bytes);
        }
    }

    @Override
    public void control(int opcode, byte[] bytes) {
        if (!listener.closing()) {
            listener.heard();
        }
        switch (opcode) {
            case FrameHeader.PING -> {
                var _ = write(FrameHeader.PONG, bytes);
            }
            case FrameHeader.CLOSE -> {
                readable = false;
                if (listener.closing()) {
                    var _ = channel.close();
                } else {
                    write(FrameHeader.CLOSE, bytes.length < 2 ? EMPTY : Arrays.copyOf(bytes, 2))
                            .addListener(ChannelFutureListener.CLOSE);
                }
            }
            default -> {}
        }
    }

    // ----------------------------------------------------------------------------------------------------- outgoing

    private ChannelFuture write(int opcode, byte[] bytes) {
        ByteBuf out = channel.alloc().ioBuffer(FrameHeader.MAX_BYTES + bytes.length);
        FrameHeader.write(out, opcode, bytes.length);
        return channel.writeAndFlush(out.writeBytes(bytes));
    }

    /// On any thread.
    public void ping() {
        var _ = write(FrameHeader.PING, EMPTY);
    }

    /// Tells the other side to answer, and to end the connection then.
    public ChannelFuture writeClose(int code, String reason) {
        byte[] ascii = shortened(reason).getBytes(StandardCharsets.US_ASCII);
        return write(
                FrameHeader.CLOSE,
                ByteBuffer.allocate(2 + ascii.length).putShort((short) code).put(ascii).array());
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
