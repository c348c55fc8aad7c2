package dev.bocau.gateway.socketio;

import dev.bocau.gateway.Exchange;
import dev.bocau.gateway.Outbox;
import dev.bocau.gateway.RealtimePaths;
import dev.bocau.limits.Limits;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One client's Engine.IO connection (protocol 4): packets both ways, over polling until it is
/// upgraded to a WebSocket, or over a WebSocket from the start. All on its home loop, but for what
/// says otherwise.
///
/// Unlike those of `/poll` the answers of this polling cannot be asked for again: a connection over
/// which one was lost ends, and the client's next one goes on from the stored cursor.
final class EngineConnection {
    private static final byte[] NOTHING = {};
    private static final String OPEN = "0";
    private static final String CLOSE = "1";
    private static final String PING = "2";
    private static final String NOOP = "6";
    private static final String PROBE = "probe";
    private static final String UPGRADE = "5";
    private static final String OK = "ok";

    /// From the end of a connection that polls to forgetting it.
    private static final long FAREWELL_MS = 10_000;

    /// What lies above: takes messages and hears how the connection fares, on the home loop.
    interface Above {
        void message(String text);

        /// A sign of life.
        void heard();

        /// It is time for a ping: the client expects them at regular intervals.
        void pingDue();

        /// What was sent up to a position has arrived.
        void arrived(byte[] position);

        /// There is room again for more to send.
        void writable();

        /// A message is longer than allowed.
        void tooLong();

        /// The client goes on sending and does not take what waits for it: it is about to be ended.
        void unread();

        /// It is over.
        void gone();
    }

    private final String id;
    private final EventExecutor home;
    private final Limits limits;

    /// Packets, each with the position that it brings the client to, if it brings it to one.
    private final Outbox outbox;

    private final Above above;
    private final Runnable forget;
    private final ScheduledFuture<?> pings;

    /// The position that the awaited pong confirms, and the one that is asked for after it. One at
    /// a time: pongs do not say which ping they answer, and another's must not stand for one that
    /// was lost.
    private byte @Nullable [] awaited;

    private byte @Nullable [] asked;

    /// The request that fetches, and the one whose packets are still being handled.
    private @Nullable Exchange fetching;

    private @Nullable Exchange posting;

    /// The WebSocket in use, and the one that is being tried.
    private @Nullable EngineSocket socket;

    private @Nullable EngineSocket probing;

    /// What the last requests were named, and whether the last one that fetched was answered.
    private String fetchName = "";

    private String postName = "";
    private boolean fetched;
    private boolean writing;
    private volatile boolean reading = true;
    private boolean closing;
    private boolean over;

    /// @param above makes what lies above, which knows this connection
    /// @param forget called at the end: the connection is not to be found any more
    EngineConnection(String id, EventExecutor home, Limits limits, Layer above, Runnable forget) {
        this.id = id;
        this.home = home;
        this.limits = limits;
        this.forget = forget;
        this.outbox = new Outbox(limits.outboundBytes());
        this.above = above.on(this);
        long everyMs = limits.heartbeatMs();
        this.pings =
                home.scheduleAtFixedRate(this::pingDue, everyMs, everyMs, TimeUnit.MILLISECONDS);
    }

    /// Makes what lies above a connection.
    interface Layer {
        Above on(EngineConnection connection);
    }

    EventExecutor home() {
        return home;
    }

    private void pingDue() {
        above.pingDue();
    }

    private String handshake(List<String> upgrades) {
        return OPEN
                + Packet.JSON.writeValueAsString(
                        Map.of(
                                "sid", id,
                                "upgrades", upgrades,
                                "pingInterval", limits.heartbeatMs(),
                                "pingTimeout", limits.heartbeatMs(),
                                "maxPayload", RealtimePaths.bodyBytes(limits)));
    }

    // ------------------------------------------------------------------------------------------------------ polling

    /// The request that opens it.
    void openPolling(Exchange exchange, String name) {
        send(handshake(List.of("websocket")), NOTHING);
        fetch(exchange, name);
    }

    /// A request fetches.
    ///
    /// @param name each has its own; empty: the client gives them none. A second one of the same
    ///   name was repeated by a browser whose connection broke
    void fetch(Exchange exchange, String name) {
        boolean again = !name.isEmpty() && name.equals(fetchName);
        if (over || socket != null || (fetching != null && !again) || (fetched && again)) {
            EngineError.BAD_REQUEST.tell(exchange);
            if (socket == null && (fetching != null || again)) {
                // Of two requests at once neither can be trusted: the protocol has it so. And what
                // the first of two was answered may be lost.
                end();
            }
            return;
        }
        above.heard();
        fetching = exchange;
        fetchName = name;
        fetched = false;
        exchange.whenGone(() -> home.execute(() -> lost(exchange)));
        flush();
        if (probing != null && fetching != null) {
            // The client wants to leave polling: it waits for the last answer.
            answerFetch(List.of(NOOP));
        }
    }

    /// A request that waited is gone. A client that is there gives the connection up and opens
    /// another; this one ends for its silence, or because its device is on the other one.
    private void lost(Exchange exchange) {
        if (exchange.equals(fetching)) {
            fetching = null;
        }
    }

    /// A request brings packets.
    ///
    /// @param name as of one that fetches; what is repeated was taken already
    void post(Exchange exchange, String name, byte[] body) {
        boolean again = !name.isEmpty() && name.equals(postName);
        if (over || socket != null || (posting != null && !again)) {
            EngineError.BAD_REQUEST.tell(exchange);
            if (posting != null) {
                end();
            }
            return;
        }
        above.heard();
        posting = exchange;
        postName = name;
        if (again) {
            answerPost();
            return;
        }
        for (String packet : Payload.packets(body)) {
            take(packet);
        }
        answerPost();
    }

    /// What comes next is let in when what has come is taken.
    private void answerPost() {
        Exchange answered = posting;
        if (answered != null && (reading || over)) {
            posting = null;
            byte[] ok = OK.getBytes(StandardCharsets.US_ASCII);
            answered.answer(HttpResponseStatus.OK, "text/html", ok, Map.of());
        }
    }

    private void answerFetch(List<String> packets) {
        Exchange answered = fetching;
        fetching = null;
        if (answered != null) {
            fetched = true;
            answered.answer(HttpResponseStatus.OK, Payload.TYPE, Payload.of(packets), Map.of());
        }
    }

    // ---------------------------------------------------------------------------------------------------- WebSocket

    /// It begins on a WebSocket.
    void openOn(EngineSocket first) {
        socket = first;
        send(handshake(List.of()), NOTHING);
    }

    /// Somebody who knows this connection has opened a WebSocket for it.
    void probe(EngineSocket tried) {
        if (over || socket != null || probing != null) {
            tried.end();
        } else {
            probing = tried;
        }
    }

    void socketMessage(EngineSocket from, String packet) {
        if (from.equals(socket)) {
            take(packet);
        } else if (!from.equals(probing)) {
            from.end();
        } else if (packet.equals(PING + PROBE)) {
            var _ = from.write(List.of("3" + PROBE));
            if (fetching != null) {
                answerFetch(List.of(NOOP));
            }
        } else if (packet.equals(UPGRADE)) {
            socket = from;
            probing = null;
            if (fetching != null) {
                answerFetch(List.of(NOOP));
            }
            from.read(reading);
            flush();
        } else {
            probing = null;
            from.end();
        }
    }

    void socketHeard(EngineSocket from) {
        if (from.equals(socket)) {
            above.heard();
        }
    }

    void socketTooLong() {
        above.tooLong();
    }

    void socketGone(EngineSocket from) {
        if (from.equals(probing)) {
            probing = null;
        } else if (from.equals(socket)) {
            end();
        }
    }

    // ----------------------------------------------------------------------------------------------------- incoming

    private void take(String packet) {
        if (over || closing) {
            return;
        }
        String data = packet.isEmpty() ? "" : packet.substring(1);
        switch (packet.isEmpty() ? ' ' : packet.charAt(0)) {
            case '1' -> end();
            case '3' -> pong();
            case '4' -> {
                above.heard();
                if (outbox.bytes() <= limits.outboundMaxBytes()) {
                    above.message(data);
                } else {
                    above.unread();
                    close();
                }
            }
            case '6' -> {}
            default -> end();
        }
    }

    private void pong() {
        above.heard();
        byte[] confirmed = awaited;
        awaited = null;
        if (confirmed != null) {
            above.arrived(confirmed);
            if (Arrays.equals(asked, confirmed)) {
                asked = null;
            }
            flush();
        }
    }

    /// Whether to take more. Called by any thread.
    void read(boolean on) {
        reading = on;
        home.execute(() -> {
            if (socket != null) {
                socket.read(reading);
            }
            answerPost();
        });
    }

    // ----------------------------------------------------------------------------------------------------- outgoing

    /// Queues a message. Called by any thread.
    ///
    /// @param position where it brings the client, or empty
    void message(String text, byte[] position) {
        send("4" + text, position);
    }

    /// Asks for a pong, which says that what was queued before has arrived; if one is awaited,
    /// after that. Called by any thread.
    void ping(byte[] upTo) {
        home.execute(() -> {
            asked = upTo;
            flush();
        });
    }

    private void send(String packet, byte[] position) {
        outbox.add(packet.getBytes(StandardCharsets.UTF_8), position);
        home.execute(this::flush);
    }

    long pendingBytes() {
        return outbox.bytes();
    }

    private void flush() {
        if (over) {
            return;
        }
        if (socket != null) {
            askOn();
            write(socket);
        } else if (fetching != null && (closing || isToTell())) {
            answer();
        }
    }

    /// On a WebSocket nothing is lost but at its end: a ping goes behind what waits.
    private void askOn() {
        if (asked != null && awaited == null && !closing) {
            awaited = asked;
            asked = null;
            outbox.add(PING.getBytes(StandardCharsets.UTF_8), NOTHING);
        }
    }

    /// An answer may be lost without either side noticing. So each that brings the client further
    /// ends with a ping, and there is no other before its pong.
    private boolean isToTell() {
        return awaited == null && (asked != null || outbox.size() > 0);
    }

    private void answer() {
        List<Outbox.Item> items = outbox.foremost(limits.frameBytes());
        List<String> packets = packets(items);
        drop(packets.size());
        boolean all = outbox.size() == 0;
        byte[] upTo = upTo(items, all && asked != null ? asked : NOTHING);
        if (closing && all) {
            packets.add(CLOSE);
        } else if (!closing && (upTo.length > 0 || asked != null)) {
            packets.add(PING);
            awaited = upTo;
            asked = null;
        }
        answerFetch(packets);
        if (closing && all) {
            end();
        }
    }

    private static byte[] upTo(List<Outbox.Item> items, byte[] otherwise) {
        for (Outbox.Item item : items.reversed()) {
            if (item.body().length > 0) {
                return item.body();
            }
        }
        return otherwise;
    }

    private static List<String> packets(List<Outbox.Item> items) {
        List<String> packets = new ArrayList<>();
        for (Outbox.Item item : items) {
            packets.add(new String(item.head(), StandardCharsets.UTF_8));
        }
        return packets;
    }

    private void drop(int packets) {
        if (outbox.drop(packets)) {
            above.writable();
        }
    }

    private void write(EngineSocket to) {
        if (writing) {
            return;
        }
        List<String> packets = packets(outbox.foremost(limits.frameBytes()));
        if (packets.isEmpty()) {
            if (closing) {
                to.end();
            }
            return;
        }
        writing = true;
        to.write(packets)
                .addListener(done ->
                        home.execute(() -> {
                            writing = false;
                            drop(packets.size());
                            flush();
                        }));
    }

    // ---------------------------------------------------------------------------------------------------------- end

    /// Ends it when what is queued is sent.
    void close() {
        if (!closing && !over) {
            closing = true;
            flush();
            if (!over) {
                var _ = home.schedule(this::end, FAREWELL_MS, TimeUnit.MILLISECONDS);
            }
        }
    }

    /// Ends it now.
    void end() {
        if (over) {
            return;
        }
        over = true;
        pings.cancel(false);
        forget.run();
        answerFetch(List.of(CLOSE));
        answerPost();
        for (EngineSocket each : new EngineSocket[] {socket, probing}) {
            if (each != null) {
                each.end();
            }
        }
        above.gone();
    }
}
