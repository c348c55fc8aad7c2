package dev.bocau.gateway;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One HTTP request and its answer. The request can be looked at only until {@link
/// RealtimePath#serve} returns: afterwards only what the answer needs is kept, because many wait
/// for long. The answer may come at any time and from any thread; a second one is ignored, and so
/// is one that comes when the socket is gone.
public final class Exchange {
    private final HttpSocket socket;
    private final ChannelHandlerContext context;
    private final ContentCoding coding;
    private final boolean keepAlive;
    private final @Nullable String origin;
    private @Nullable FullHttpRequest request;
    private @Nullable Runnable gone;

    Exchange(HttpSocket socket, ChannelHandlerContext context, FullHttpRequest request) {
        this.socket = socket;
        this.context = context;
        this.request = request;
        this.coding =
                ContentCoding.accepted(request.headers().get(HttpHeaderNames.ACCEPT_ENCODING));
        this.keepAlive = HttpUtil.isKeepAlive(request);
        this.origin = request.headers().get(HttpHeaderNames.ORIGIN);
    }

    private FullHttpRequest request() {
        return Objects.requireNonNull(request, "the request is looked at while it is served");
    }

    public HttpMethod method() {
        return request().method();
    }

    public HttpHeaders headers() {
        return request().headers();
    }

    /// The first parameter of this name in the query.
    ///
    /// @throws IllegalArgumentException if the query cannot be read
    public Optional<String> parameter(String name) {
        List<String> values = new QueryStringDecoder(request().uri()).parameters().get(name);
        return values == null ? Optional.empty() : Optional.of(values.getFirst());
    }

    /// A parameter that is a number; empty if it is none, or missing.
    public Optional<Long> number(String name) {
        return parameter(name).filter(text -> text.matches("\\d{1,18}")).map(Long::valueOf);
    }

    public byte[] body() {
        return ByteBufUtil.getBytes(request().content());
    }

    /// The socket's thread.
    public EventExecutor loop() {
        return context.executor();
    }

    /// The socket itself, for whom it is left to.
    public Channel channel() {
        return context.channel();
    }

    ChannelHandlerContext context() {
        return context;
    }

    HttpSocket socket() {
        return socket;
    }

    boolean keepAlive() {
        return keepAlive;
    }

    ContentCoding coding() {
        return coding;
    }

    Optional<String> origin() {
        return Optional.ofNullable(origin);
    }

    /// Nobody looks at the request any more.
    void served() {
        request = null;
    }

    /// What to do, on the socket's thread, when it is closed before there is an answer.
    public void whenGone(Runnable action) {
        gone = action;
    }

    void gone() {
        Runnable action = gone;
        if (action != null) {
            action.run();
        }
    }

    /// Answers with a body, which is compressed as the client likes it.
    public void answer(
            HttpResponseStatus status,
            String contentType,
            byte[] body,
            Map<CharSequence, String> more) {
        answer(new Answer(status, contentType, body, more, false));
    }

    /// Answers without a body.
    public void answer(HttpResponseStatus status, Map<CharSequence, String> more) {
        answer(Answer.empty(status, more));
    }

    /// Tells somebody who does not speak what is spoken here, and closes the socket.
    public void refuse(HttpResponseStatus status, String reason) {
        answer(Answer.refusal(status, reason, Map.of()));
    }

    void answer(Answer answer) {
        if (loop().inEventLoop()) {
            socket.answer(this, answer);
        } else {
            loop().execute(() -> socket.answer(this, answer));
        }
    }
}
