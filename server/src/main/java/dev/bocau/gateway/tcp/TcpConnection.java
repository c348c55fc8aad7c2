package dev.bocau.gateway.tcp;

import dev.bocau.frame.WireFormat;
import dev.bocau.gateway.FramedConnection;
import dev.bocau.gateway.StreamReader;
import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.Refusal;
import dev.bocau.session.Session;
import dev.bocau.session.SessionRegistry;
import dev.bocau.session.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;

/// One TCP connection: the only handler of its pipeline, but for that of TLS.
final class TcpConnection extends FramedConnection implements FrameReader.Sink {
    private static final byte[] SIGN_OF_LIFE = {0};

    private final SessionRegistry sessions;
    private final FrameReader reader;

    /// Whether what comes can still be read.
    private boolean readable = true;

    TcpConnection(Channel channel, SessionRegistry sessions, Limits limits) {
        super(channel, WireFormat.PROTO, limits, 0);
        this.sessions = sessions;
        this.reader = new FrameReader(limits.frameBytes());
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        open(sessions);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        reader.close();
        super.channelInactive(context);
    }

    @Override
    public Transport transport() {
        return Transport.TCP;
    }

    // ----------------------------------------------------------------------------------------------------- incoming

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        Session current = session();
        if (current == null || closing() || !readable) {
            ReferenceCountUtil.release(bytes);
            return;
        }
        try {
            reader.read((ByteBuf) bytes, this);
        } catch (StreamReader.Violation violation) {
            readable = false;
            current.close(Refusal.of(Code.MALFORMED, String.valueOf(violation.getMessage())));
        } catch (StreamReader.TooLong tooLong) {
            readable = false;
            current.close(tooLongFrame());
        }
    }

    @Override
    public void frame(byte[] bytes) {
        Session current = session();
        if (current != null && !closing()) {
            current.receive(format().read(bytes));
        }
    }

    @Override
    public void signOfLife() {
        Session current = session();
        if (current != null) {
            current.heard();
        }
    }

    // ----------------------------------------------------------------------------------------------------- outgoing

    /// Envelope and body say themselves where they end.
    @Override
    protected void writeHeader(ByteBuf out, int frameBytes) {}

    @Override
    public void ping() {
        var _ = channel().writeAndFlush(Unpooled.wrappedBuffer(SIGN_OF_LIFE));
    }

    /// The error that says why was sent: what is left to tell is that nothing follows.
    @Override
    protected void writeGoodbye(Code code, String reason) {
        endOutput();
    }
}
