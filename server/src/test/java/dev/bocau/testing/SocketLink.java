package dev.bocau.testing;

import dev.bocau.frame.TestFrames;
import dev.bocau.frame.WireFormat;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.ServerFrame;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/// A {@link Link} over a real WebSocket.
public final class SocketLink implements Link, WebSocket.Listener {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Link.Listener listener;
    private final WireFormat format;
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream binary = new ByteArrayOutputStream();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final WebSocket socket;
    private CompletableFuture<?> sent = CompletableFuture.completedFuture(null);

    private SocketLink(URI uri, WireFormat format, Link.Listener listener) {
        this.listener = listener;
        this.format = format;
        this.socket =
                HTTP.newWebSocketBuilder()
                        .subprotocols(format.subprotocol())
                        .buildAsync(uri, this)
                        .join();
        socket.request(1);
    }

    /// Nothing is heard before whoever opens this has it in hand.
    @Override
    public void onOpen(WebSocket opened) {}

    public static Link.Opener to(URI uri, WireFormat format) {
        return listener -> new SocketLink(uri, format, listener);
    }

    @Override
    public void send(ClientFrame frame) {
        if (format == WireFormat.JSON) {
            sendText(TestFrames.json(frame));
        } else {
            sendBinary(frame.toByteArray());
        }
    }

    public synchronized void sendText(String json) {
        sent = sent.thenCompose(done -> socket.sendText(json, true));
    }

    public synchronized void sendBinary(byte[] bytes) {
        sent = sent.thenCompose(done -> socket.sendBinary(ByteBuffer.wrap(bytes), true));
    }

    @Override
    public void close() {
        if (ended.compareAndSet(false, true)) {
            socket.abort();
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            String whole = text.toString();
            text.setLength(0);
            listener.frame(TestFrames.serverFrame(whole));
        }
        from.request(1);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] part = new byte[data.remaining()];
        data.get(part);
        binary.writeBytes(part);
        if (last) {
            try {
                listener.frame(ServerFrame.parseFrom(binary.toByteArray()));
            } catch (com.google.protobuf.InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            } finally {
                binary.reset();
            }
        }
        from.request(1);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        if (ended.compareAndSet(false, true)) {
            listener.closed(code);
        }
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        if (ended.compareAndSet(false, true)) {
            listener.closed(0);
        }
    }
}
