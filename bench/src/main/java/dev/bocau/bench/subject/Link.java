package dev.bocau.bench.subject;

import dev.bocau.bench.subject.Subject.Ear;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One connection of a device, on its {@link ClientThread}. Lean: what it takes is taken from the
/// server that is measured beside it.
public abstract class Link extends ByteToMessageDecoder {
    private static final long PATIENCE_S = 120;

    private final Ear ear;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private @Nullable ChannelHandlerContext context;
    private boolean leaving;
    private long bytes;

    protected Link(Ear ear) {
        this.ear = ear;
    }

    protected abstract void send(String conversation, String content);

    /// Tells the server that the device goes; the connection is closed afterwards.
    protected abstract void farewell();

    protected final ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }

    /// The device is let in and knows what it missed.
    protected final void ready() {
        ready.complete(null);
    }

    /// The connection is of no use any more.
    protected final void fail(String why) {
        ready.completeExceptionally(new IOException(why));
        if (!leaving) {
            leaving = true;
            ear.refused(why);
        }
        var _ = context().close();
    }

    protected final void write(ByteBuf buffer) {
        bytes += buffer.readableBytes();
        var _ = context().writeAndFlush(buffer);
    }

    final long bytes() {
        return bytes;
    }

    final void awaitReady() throws IOException {
        await(ready, "not let in");
    }

    final void leave() throws IOException {
        context()
                .executor()
                .execute(() -> {
                    leaving = true;
                    farewell();
                    var _ = context().close();
                });
        await(gone, "not gone");
    }

    private static void await(CompletableFuture<Void> future, String otherwise) throws IOException {
        try {
            future.get(PATIENCE_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException(otherwise + ": " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new IOException(otherwise + " in " + PATIENCE_S + " s", e);
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext here, Object message) throws Exception {
        bytes += ((ByteBuf) message).readableBytes();
        super.channelRead(here, message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext here) throws Exception {
        super.channelInactive(here);
        gone.complete(null);
        fail("the server has closed the connection");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext here, Throwable cause) {
        fail(cause.toString());
    }
}
