package dev.bocau.gateway;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One socket on which HTTP is spoken: serves its requests in order, the next when the one before
/// is answered, and is closed when none comes for too long.
final class HttpSocket extends SocketHandler {
    private static final Logger LOG = LoggerFactory.getLogger(HttpSocket.class);

    /// Requests that wait behind the one being served. Then the socket is not read.
    private static final int PIPELINED = 4;

    /// From an answer to the whole of the next request.
    private static final long BETWEEN_REQUESTS_MS = 60_000;

    /// That a page may use.
    private static final String METHODS = "GET, POST";

    /// Headers of ours that a page's script may read.
    private static final String EXPOSED = "Bocau-Session, Bocau-Close";

    private final RealtimePaths paths;
    private final long firstRequestMs;
    private final Queue<FullHttpRequest> waiting = new ArrayDeque<>(1);
    private @Nullable Exchange current;
    private @Nullable ScheduledFuture<?> patience;
    private boolean serving;
    private boolean closing;

    HttpSocket(Channel channel, RealtimePaths paths, long firstRequestMs) {
        super(channel);
        this.paths = paths;
        this.firstRequestMs = firstRequestMs;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        waitAtMost(firstRequestMs, context);
    }

    /// Its answer on the way, a slow reader has as long for it.
    private void waitAtMost(long ms, ChannelHandlerContext context) {
        patience = context.executor().schedule(this::closeNow, ms, TimeUnit.MILLISECONDS);
    }

    private void stopWaiting() {
        if (patience != null) {
            patience.cancel(false);
            patience = null;
        }
    }

    // ----------------------------------------------------------------------------------------------------- requests

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (closing || !(message instanceof FullHttpRequest request)) {
            ReferenceCountUtil.release(message);
            return;
        }
        waiting.add(request);
        serveNext(context);
        if (waiting.size() >= PIPELINED) {
            hold(true);
        }
    }

    private void serveNext(ChannelHandlerContext context) {
        if (serving) {
            return;
        }
        serving = true;
        try {
            while (current == null && !closing && !waiting.isEmpty()) {
                serve(context, waiting.remove());
            }
        } finally {
            serving = false;
        }
    }

    private void serve(ChannelHandlerContext context, FullHttpRequest request) {
        stopWaiting();
        Exchange exchange = new Exchange(this, context, request);
        current = exchange;
        try {
            serve(exchange, request);
        } catch (RuntimeException bug) {
            LOG.error("serving {} failed", request.method(), bug);
            exchange.refuse(HttpResponseStatus.INTERNAL_SERVER_ERROR, "The server failed.");
        } finally {
            exchange.served();
            request.release();
        }
    }

    private void serve(Exchange exchange, FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            boolean tooLong = request.decoderResult().cause() instanceof TooLongFrameException;
            exchange.refuse(
                    tooLong
                            ? HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE
                            : HttpResponseStatus.BAD_REQUEST,
                    tooLong ? "This is too long." : "This is no HTTP request.");
            return;
        }
        Optional<RealtimePath> path = path(request.uri());
        if (path.isEmpty()) {
            exchange.refuse(HttpResponseStatus.NOT_FOUND, paths.where());
        } else if (isPreflight(exchange)) {
            Map<String, String> allowed =
                    Cors.preflight(
                            METHODS,
                            Optional.ofNullable(exchange.headers().get(Cors.WANTED_HEADERS)));
            exchange.answer(HttpResponseStatus.NO_CONTENT, Map.copyOf(allowed));
        } else {
            path.get().serve(exchange);
        }
    }

    private static boolean isPreflight(Exchange exchange) {
        return exchange.method().equals(HttpMethod.OPTIONS)
                && exchange.headers().contains(Cors.PREFLIGHT);
    }

    private Optional<RealtimePath> path(String uri) {
        try {
            QueryStringDecoder decoder = new QueryStringDecoder(uri);
            var _ = decoder.parameters();
            return paths.at(decoder.path());
        } catch (IllegalArgumentException notEncoded) {
            return Optional.empty();
        }
    }

    // ------------------------------------------------------------------------------------------------------ answers

    void answer(Exchange exchange, Answer answer) {
        if (exchange != current || closing) {
            return;
        }
        ChannelHandlerContext context = exchange.context();
        closing = answer.last() || !exchange.keepAlive();
        var _ = context.writeAndFlush(response(exchange, answer));
        current = null;
        if (closing) {
            endOutput();
            closeSoon();
        } else {
            waitAtMost(BETWEEN_REQUESTS_MS, context);
            serveNext(context);
        }
        if (waiting.size() < PIPELINED) {
            hold(false);
        }
    }

    private DefaultFullHttpResponse response(Exchange exchange, Answer answer) {
        byte[] body = answer.body();
        ContentCoding coding =
                body.length < ContentCoding.WORTHWHILE_BYTES
                        ? ContentCoding.IDENTITY
                        : exchange.coding();
        byte[] sent = coding.of(body);
        DefaultFullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, answer.status(), Unpooled.wrappedBuffer(sent));
        HttpHeaders headers = response.headers();
        answer.describe(headers);
        if (coding != ContentCoding.IDENTITY) {
            headers.set(HttpHeaderNames.CONTENT_ENCODING, coding.token())
                    .add(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT_ENCODING);
        }
        if (!answer.status().equals(HttpResponseStatus.NO_CONTENT)) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, sent.length);
        }
        if (closing) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        paths.cors().allowing(exchange.origin(), EXPOSED).forEach(headers::add);
        return response;
    }

    /// Whether the socket may be left to another protocol: nothing has come behind the request.
    boolean hasNothingWaiting() {
        return waiting.isEmpty();
    }

    // ---------------------------------------------------------------------------------------------------------- end

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        stopWaiting();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        closing = true;
        stopWaiting();
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        Exchange left = current;
        current = null;
        if (left != null) {
            left.gone();
        }
    }
}
