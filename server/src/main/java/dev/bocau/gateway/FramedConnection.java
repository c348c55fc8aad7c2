package dev.bocau.gateway;

import dev.bocau.frame.SharedFrame;
import dev.bocau.frame.WireFormat;
import dev.bocau.limits.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.util.Queue;

/// A socket on which frames follow one another, each behind the header that its transport asks for.
/// All that wait are written into one buffer; a body is shared by all who receive it, only header
/// and envelope are this connection's own.
public abstract class FramedConnection extends SocketConnection<FramedConnection.Frame> {
    private final WireFormat format;
    private final int headerBytes;

    /// A frame in two parts.
    public record Frame(byte[] envelope, byte[] body) implements Waiting {
        @Override
        public int bytes() {
            return envelope.length + body.length;
        }
    }

    /// @param headerBytes the most that {@link #writeHeader} writes
    protected FramedConnection(Channel channel, WireFormat format, Limits limits, int headerBytes) {
        super(channel, limits);
        this.format = format;
        this.headerBytes = headerBytes;
    }

    protected final WireFormat format() {
        return format;
    }

    /// Writes what stands in front of a frame of this length.
    protected abstract void writeHeader(ByteBuf out, int frameBytes);

    @Override
    public final void send(byte[] position, SharedFrame frame) {
        add(new Frame(format.envelope(position), frame.body(format)));
    }

    @Override
    protected final ChannelFuture write(Queue<Frame> waiting, int bytes) {
        ByteBuf out = channel().alloc().ioBuffer(bytes + headerBytes * waiting.size());
        for (Frame frame : waiting) {
            writeHeader(out, frame.bytes());
            out.writeBytes(frame.envelope).writeBytes(frame.body);
        }
        return channel().writeAndFlush(out);
    }
}
