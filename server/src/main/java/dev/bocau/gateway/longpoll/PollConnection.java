package dev.bocau.gateway.longpoll;

import dev.bocau.frame.SharedFrame;
import dev.bocau.frame.WireFormat;
import dev.bocau.gateway.Exchange;
import dev.bocau.gateway.Outbox;
import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.Refusal;
import dev.bocau.session.Connection;
import dev.bocau.session.Session;
import dev.bocau.session.SessionRegistry;
import dev.bocau.session.Transport;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// One client that polls, as a {@link Connection}: what it has not yet said to have received waits
/// here, and so does the request by which it fetches the next.
///
/// Both directions are counted. A client says with each request how many frames it has received:
/// those are let go, the rest is sent, again if it was sent before. Its own batches have numbers,
/// and one that was handled is not handled again. So a request or an answer that is lost is simply
/// repeated.
final class PollConnection implements Connection {
    /// What comes within so short a time goes together: each answer costs the client a request.
    private static final long GATHER_MS = 3;

    /// From the end of a session to forgetting why it ended.
    private static final long FAREWELL_MS = 10_000;

    static final String SESSION = "Bocau-Session";
    static final String CLOSE = "Bocau-Close";

    private final String id;
    private final EventExecutor home;
    private final WireFormat format;
    private final Limits limits;
    private final Outbox outbox;
    private final Runnable forget;
    private volatile @Nullable Session session;
    private volatile boolean reading = true;
    private volatile @Nullable Code closing;
    private final AtomicBoolean gathering = new AtomicBoolean();

    // What follows belongs to the home loop.

    /// Frames that the client has said to have received.
    private long received;

    /// Frames that were sent, received or not.
    private long sent;

    private @Nullable Exchange waiting;
    private @Nullable ScheduledFuture<?> patience;
    private boolean introduced;

    /// Whether the client has been told that it is over, and who waits for that.
    private boolean told;

    private @Nullable Runnable whenTold;

    /// The number of the last batch that was handled.
    private long handled;

    private @Nullable Batch batch;
    private @Nullable Exchange batchExchange;

    /// @param forget called at the end: the connection is not to be found any more
    PollConnection(
            String id, EventExecutor home, WireFormat format, Limits limits, Runnable forget) {
        this.id = id;
        this.home = home;
        this.format = format;
        this.limits = limits;
        this.outbox = new Outbox(limits.outboundBytes());
        this.forget = forget;
    }

    EventExecutor home() {
        return home;
    }

    @Override
    public Transport transport() {
        return Transport.LONGPOLL;
    }

    // ----------------------------------------------------------------------------------------------------- requests

    /// The request that opens it; it is answered like one that fetches.
    void open(SessionRegistry sessions, Exchange exchange, Batch first) {
        session = sessions.open(this).orElse(null);
        hold(exchange, limits.pollWaitMs());
        if (session != null) {
            batch = first;
            takeBatch();
        }
        flush();
    }

    /// The client has received so many frames and asks for the next.
    void fetch(Exchange exchange, long nowReceived, long waitMs) {
        heard();
        if (nowReceived < received) {
            refuse(exchange, Code.CONFLICT, "those frames were received already");
            return;
        }
        if (nowReceived > sent) {
            refuse(exchange, Code.NOT_SENT, "so many frames were not sent");
            return;
        }
        boolean room = outbox.drop(nowReceived - received);
        received = nowReceived;
        Session current = session;
        if (room && current != null) {
            current.writable();
        }
        hold(exchange, waitMs);
        flush();
    }

    /// A batch of frames has come, for the first time or again.
    void post(Exchange exchange, WireFormat as, long number, byte[] body) {
        if (closing != null) {
            exchange.answer(HttpResponseStatus.GONE, farewell());
        } else if (as != format) {
            refuse(exchange, Code.MALFORMED, "this session speaks " + format.subprotocol());
        } else if (number <= handled) {
            heard();
            exchange.answer(HttpResponseStatus.NO_CONTENT, Map.of());
        } else if (number != handled + 1 || isOpening()) {
            refuse(exchange, Code.WRONG_STATE, "batch %d comes next".formatted(handled + 1));
        } else if (batch != null) {
            // It is being handled; who has asked before does not wait for the answer any more.
            heard();
            answerBatch();
            batchExchange = exchange;
        } else {
            heard();
            batch = new Batch(format, body);
            batchExchange = exchange;
            takeBatch();
        }
    }

    /// The client goes.
    void end(Exchange exchange) {
        exchange.answer(HttpResponseStatus.NO_CONTENT, Map.of());
        told();
        Session current = session;
        close(Code.NO_SUCH_SESSION, "the client has gone");
        forget.run();
        if (current != null) {
            current.closed();
        }
    }

    private void heard() {
        Session current = session;
        if (current != null) {
            current.heard();
        }
    }

    private void refuse(Exchange exchange, Code code, String reason) {
        Answers.refuse(exchange, format, HttpResponseStatus.CONFLICT, Refusal.of(code, reason));
    }

    // ---------------------------------------------------------------------------------------------- the client's frames

    /// Hands on what has come, as far as the session takes it.
    private void takeBatch() {
        Session current = session;
        while (batch != null && current != null && reading && closing == null) {
            Optional<byte[]> frame = batch.next();
            if (frame.isEmpty()) {
                batch = null;
                if (batchExchange == null) {
                    flush();
                } else {
                    handled++;
                    answerBatch();
                }
            } else if (frame.get().length > limits.frameBytes()) {
                current.close(
                        Refusal.of(
                                Code.FRAME_TOO_LARGE,
                                "longer than %,d bytes".formatted(limits.frameBytes())));
            } else {
                current.receive(format.read(frame.get()));
            }
        }
        if (closing != null && batchExchange != null) {
            batch = null;
            batchExchange.answer(HttpResponseStatus.GONE, farewell());
            batchExchange = null;
        }
    }

    /// Whether the frames that came with the opening request are still being handled.
    private boolean isOpening() {
        return batch != null && batchExchange == null;
    }

    private void answerBatch() {
        if (batchExchange != null) {
            batchExchange.answer(HttpResponseStatus.NO_CONTENT, Map.of());
            batchExchange = null;
        }
    }

    @Override
    public void read(boolean on) {
        reading = on;
        if (on) {
            home.execute(this::takeBatch);
        }
    }

    // ---------------------------------------------------------------------------------------------- the server's frames

    /// Of two requests that wait the newer one counts: the client does not know of the other any
    /// more.
    private void hold(Exchange exchange, long waitMs) {
        answerWaiting(HttpResponseStatus.NO_CONTENT);
        waiting = exchange;
        exchange.whenGone(() -> home.execute(() -> drop(exchange)));
        patience =
                home.schedule(
                        () -> {
                            if (exchange.equals(waiting)) {
                                answerWaiting(HttpResponseStatus.NO_CONTENT);
                            }
                        },
                        waitMs,
                        TimeUnit.MILLISECONDS);
    }

    private void drop(Exchange exchange) {
        if (exchange.equals(waiting)) {
            stopWaiting();
        }
    }

    private @Nullable Exchange stopWaiting() {
        Exchange answered = waiting;
        waiting = null;
        if (patience != null) {
            patience.cancel(false);
            patience = null;
        }
        return answered;
    }

    private void answerWaiting(HttpResponseStatus status) {
        Exchange exchange = stopWaiting();
        if (exchange != null) {
            exchange.answer(status, headers(false));
        }
    }

    /// Answers the request that waits, if there is something to tell.
    private void flush() {
        Code over = closing;
        if (waiting == null || (over == null && (outbox.size() == 0 || isOpening()))) {
            return;
        }
        List<Outbox.Item> frames = outbox.foremost(limits.frameBytes());
        sent = Math.max(sent, received + frames.size());
        boolean last = over != null && frames.size() == outbox.size();
        Exchange exchange = stopWaiting();
        if (exchange != null) {
            exchange.answer(
                    last ? HttpResponseStatus.GONE : HttpResponseStatus.OK,
                    Batch.type(format),
                    Batch.of(format, frames),
                    headers(last));
            if (last) {
                told();
            }
        }
    }

    private void told() {
        told = true;
        Runnable action = whenTold;
        whenTold = null;
        if (action != null) {
            action.run();
        }
    }

    /// What to do once the client has been told that it is over; at once, if it was.
    void whenTold(Runnable action) {
        if (told) {
            action.run();
        } else {
            whenTold = action;
        }
    }

    private Map<CharSequence, String> headers(boolean last) {
        Map<CharSequence, String> headers = new HashMap<>();
        if (!introduced) {
            introduced = true;
            headers.put(SESSION, id);
        }
        if (last) {
            headers.putAll(farewell());
        }
        return headers;
    }

    private Map<CharSequence, String> farewell() {
        Code over = closing;
        return over == null ? Map.of() : Map.of(CLOSE, Integer.toString(over.number()));
    }

    @Override
    public void send(byte[] position, SharedFrame frame) {
        if (closing == null) {
            outbox.add(format.envelope(position), frame.body(format));
            gather();
        }
    }

    private void gather() {
        if (gathering.compareAndSet(false, true)) {
            var _ =
                    home.schedule(
                            () -> {
                                gathering.set(false);
                                flush();
                            },
                            GATHER_MS,
                            TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public long pendingBytes() {
        return outbox.bytes();
    }

    /// The client comes again at once, if it is there.
    @Override
    public void ping() {
        home.execute(() -> answerWaiting(HttpResponseStatus.NO_CONTENT));
    }

    /// What waits, and why it is over, can be fetched for a while.
    @Override
    public void close(Code code, String reason) {
        synchronized (this) {
            if (closing != null) {
                return;
            }
            closing = code;
        }
        home.execute(() -> {
            takeBatch();
            flush();
            var _ = home.schedule(forget, FAREWELL_MS, TimeUnit.MILLISECONDS);
        });
    }
}
