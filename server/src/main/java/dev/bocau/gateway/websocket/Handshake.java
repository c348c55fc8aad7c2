package dev.bocau.gateway.websocket;

import dev.bocau.frame.WireFormat;
import dev.bocau.limits.Limits;
import dev.bocau.session.SessionRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers the HTTP request with which a client asks for a WebSocket (RFC 6455, section 4.2), and
/// leaves the socket to a {@link WebSocketConnection}. Who asks for something else is told where
/// the WebSocket is.
final class Handshake extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);
    private static final String VERSION = "13";
    private static final String KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_CHARS = 24;

    private final SessionRegistry sessions;
    private final Limits limits;
    private @Nullable ScheduledFuture<?> patience;

    Handshake(SessionRegistry sessions, Limits limits) {
        this.sessions = sessions;
        this.limits = limits;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        patience =
                context.executor()
                        .schedule(
                                () -> {
                                    var _ = context.close();
                                },
                                limits.connectTimeoutMs(),
                                TimeUnit.MILLISECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (patience != null) {
            patience.cancel(false);
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        HttpHeaders headers = request.headers();
        if (request.decoderResult().isFailure()) {
            refuse(context, HttpResponseStatus.BAD_REQUEST, "This is no HTTP request.");
        } else if (!new QueryStringDecoder(request.uri()).path().equals(WebSocketGateway.PATH)) {
            refuse(context, HttpResponseStatus.NOT_FOUND, where());
        } else if (!request.method().equals(HttpMethod.GET)
                || !headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
                || !headers.containsValue(
                        HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)) {
            refuse(context, HttpResponseStatus.UPGRADE_REQUIRED, where());
        } else if (!VERSION.equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
            refuse(context, HttpResponseStatus.UPGRADE_REQUIRED, "Only version 13 is spoken.");
        } else if (headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY, "").length() != KEY_CHARS) {
            refuse(
                    context,
                    HttpResponseStatus.BAD_REQUEST,
                    "Sec-WebSocket-Key is missing or wrong.");
        } else {
            accept(context, headers);
        }
    }

    private static String where() {
        return "This port speaks WebSocket at " + WebSocketGateway.PATH;
    }

    private static void refuse(
            ChannelHandlerContext context, HttpResponseStatus status, String reason) {
        byte[] body = (reason + "\n").getBytes(StandardCharsets.UTF_8);
        DefaultFullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (status.equals(HttpResponseStatus.UPGRADE_REQUIRED)) {
            response.headers()
                    .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
                    .set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, VERSION);
        }
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    private void accept(ChannelHandlerContext context, HttpHeaders asked) {
        DefaultFullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.SWITCHING_PROTOCOLS,
                        Unpooled.EMPTY_BUFFER);
        Optional<WireFormat> format = format(asked);
        response.headers()
                .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
                .set(
                        HttpHeaderNames.SEC_WEBSOCKET_ACCEPT,
                        accepted(asked.get(HttpHeaderNames.SEC_WEBSOCKET_KEY)));
        format.ifPresent(chosen ->
                response.headers()
                        .set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, chosen.subprotocol()));
        var _ = context.writeAndFlush(response);

        WebSocketConnection connection =
                new WebSocketConnection(context.channel(), format.orElse(WireFormat.JSON), limits);
        ChannelPipeline pipeline = context.pipeline();
        pipeline.remove(HttpObjectAggregator.class);
        pipeline.replace(this, null, connection);
        connection.open(sessions);
        // Last, because it passes on what the client has sent behind its request.
        pipeline.remove(HttpServerCodec.class);
    }

    /// The first that the client offers and that is spoken here.
    private static Optional<WireFormat> format(HttpHeaders asked) {
        List<String> offered =
                asked.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL).stream()
                        .flatMap(line -> Arrays.stream(line.split(",", -1)))
                        .map(String::strip)
                        .toList();
        return offered.stream()
                .flatMap(name ->
                        Arrays.stream(WireFormat.values())
                                .filter(format -> format.subprotocol().equals(name)))
                .findFirst();
    }

    private static String accepted(String key) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            byte[] hash = sha1.digest((key + KEY_SUFFIX).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // What TLS finds wrong is an IOException within a DecoderException.
        if (!(cause instanceof IOException || cause.getCause() instanceof IOException)) {
            LOG.warn("a handshake failed", cause);
        }
        var _ = context.close();
    }
}
