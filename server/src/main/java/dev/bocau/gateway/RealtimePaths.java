package dev.bocau.gateway;

import dev.bocau.limits.Limits;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What is spoken on the realtime listener: HTTP, and at each of its paths a transport. Requests of
/// one socket are served one after the other, whatever path they are for.
public final class RealtimePaths {
    /// What stands around a frame in a request, at most.
    private static final int WRAPPING_BYTES = 1_024;

    private final List<RealtimePath> paths;
    private final Cors cors;
    private final Limits limits;

    public RealtimePaths(Limits limits, Cors cors, List<RealtimePath> paths) {
        this.limits = limits;
        this.cors = cors;
        this.paths = List.copyOf(paths);
    }

    /// The longest body of a request: a frame, or several that are as long together.
    public static int bodyBytes(Limits limits) {
        return limits.frameBytes() + WRAPPING_BYTES;
    }

    /// A socket was opened.
    public void opened(ChannelPipeline pipeline) {
        pipeline.addLast(new HttpServerCodec())
                .addLast(new Whole(bodyBytes(limits)))
                .addLast(new HttpSocket(pipeline.channel(), this, limits.connectTimeoutMs()));
    }

    Cors cors() {
        return cors;
    }

    Optional<RealtimePath> at(String path) {
        String plain = path.length() > 1 && path.endsWith("/") ? chopped(path) : path;
        return paths.stream().filter(each -> each.path().equals(plain)).findFirst();
    }

    private static String chopped(String path) {
        return path.substring(0, path.length() - 1);
    }

    /// For those who ask for something else.
    String where() {
        return paths.stream()
                .map(each -> each.what() + " at " + each.path())
                .collect(Collectors.joining(", ", "This port speaks ", ""));
    }

    /// Makes one of a request and its body. One that is too long takes its turn like any other, and
    /// is refused then.
    private static final class Whole extends HttpObjectAggregator {
        Whole(int maxBytes) {
            super(maxBytes);
        }

        @Override
        protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage tooLong) {
            DefaultFullHttpRequest refused =
                    new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
            refused.setDecoderResult(
                    DecoderResult.failure(new TooLongFrameException("the body is too long")));
            context.fireChannelRead(refused);
        }
    }
}
