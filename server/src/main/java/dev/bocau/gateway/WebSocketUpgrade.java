package dev.bocau.gateway;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The HTTP request with which a client asks for a WebSocket (RFC 6455, section 4.2), and what it
/// leads to: nothing of HTTP stays on the socket, only one handler.
public final class WebSocketUpgrade {
    private static final String VERSION = "13";
    private static final String KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_CHARS = 24;

    private WebSocketUpgrade() {}

    /// Whether a request asks for it. If not, or not well, it is refused in words.
    ///
    /// @param where what to tell somebody who asks for something else
    public static boolean isAsked(Exchange exchange, String where) {
        HttpHeaders headers = exchange.headers();
        if (!exchange.method().equals(HttpMethod.GET)
                || !headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
                || !headers.containsValue(
                        HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)) {
            upgradeRequired(exchange, where);
        } else if (!VERSION.equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
            upgradeRequired(exchange, "Only version 13 is spoken.");
        } else if (headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY, "").length() != KEY_CHARS) {
            exchange.refuse(
                    HttpResponseStatus.BAD_REQUEST, "Sec-WebSocket-Key is missing or wrong.");
        } else if (!exchange.socket().hasNothingWaiting()) {
            exchange.refuse(
                    HttpResponseStatus.BAD_REQUEST, "Nothing comes between asking and the answer.");
        } else {
            return true;
        }
        return false;
    }

    private static void upgradeRequired(Exchange exchange, String reason) {
        Map<CharSequence, String> more =
                Map.of(
                        HttpHeaderNames.UPGRADE,
                        HttpHeaderValues.WEBSOCKET.toString(),
                        HttpHeaderNames.SEC_WEBSOCKET_VERSION,
                        VERSION);
        exchange.answer(Answer.refusal(HttpResponseStatus.UPGRADE_REQUIRED, reason, more));
    }

    /// The subprotocols that the client offers, the one that it likes best first.
    public static List<String> subprotocols(Exchange exchange) {
        return exchange.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL).stream()
                .flatMap(line -> Arrays.stream(line.split(",", -1)))
                .map(String::strip)
                .toList();
    }

    /// Accepts, and leaves the socket to this WebSocket.
    ///
    /// @param opened what happens next, before anything is read
    public static void accept(
            Exchange exchange,
            Optional<String> subprotocol,
            ChannelHandler webSocket,
            Runnable opened) {
        DefaultFullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.SWITCHING_PROTOCOLS,
                        Unpooled.EMPTY_BUFFER);
        response.headers()
                .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
                .set(
                        HttpHeaderNames.SEC_WEBSOCKET_ACCEPT,
                        accepted(exchange.headers().get(HttpHeaderNames.SEC_WEBSOCKET_KEY)));
        subprotocol.ifPresent(
                chosen -> response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, chosen));
        ChannelHandlerContext context = exchange.context();
        var _ = context.writeAndFlush(response);

        ChannelPipeline pipeline = context.pipeline();
        pipeline.remove(HttpObjectAggregator.class);
        pipeline.replace(exchange.socket(), null, webSocket);
        opened.run();
        // Last, because it passes on what the client has sent behind its request.
        pipeline.remove(HttpServerCodec.class);
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
}
