package dev.bocau.simulation;

import com.google.protobuf.ByteString;
import dev.bocau.frame.Incoming;
import dev.bocau.frame.SharedFrame;
import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.session.Connection;
import dev.bocau.session.Session;
import dev.bocau.session.Transport;
import dev.bocau.testing.Link;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// A connection between a phone and a node: frames come in order and late, or no more.
final class Wire implements Connection, Link {
    private static final long NEVER = Long.MAX_VALUE;
    private static final int NOTICED_US = 50_000;
    private static final long CLIENT_PATIENCE_US = 70_000_000;

    private final Scheduler scheduler;
    private final SplittableRandom random;
    private final Node node;
    private final Limits limits;
    private final Link.Listener listener;
    private final Verdict.OfConnection verdict;
    private final int latencyUs;
    private final Deque<ClientFrame> unread = new ArrayDeque<>();
    private @Nullable Session session;
    private boolean reading = true;
    private boolean closed;
    private long lostToServerUs = NEVER;
    private long lostToClientUs = NEVER;
    private long toServerUs;
    private long toClientUs;
    private long pendingBytes;

    Wire(
            Scheduler scheduler,
            SplittableRandom random,
            Node node,
            Limits limits,
            Link.Listener listener,
            Verdict.OfConnection verdict) {
        this.scheduler = scheduler;
        this.random = random;
        this.node = node;
        this.limits = limits;
        this.listener = listener;
        this.verdict = verdict;
        this.latencyUs = random.nextInt(20) == 0 ? 400_000 : 20_000;
        this.session = node.sessions.open(this).orElse(null);
    }

    Node node() {
        return node;
    }

    private long now() {
        return scheduler.nowUs();
    }

    private void later(int withinUs, Runnable task) {
        scheduler.at(now() + 1 + random.nextInt(withinUs), task);
    }

    // ------------------------------------------------------------------------------- to the server

    @Override
    public void send(ClientFrame frame) {
        toServerUs = Math.max(toServerUs, now() + random.nextInt(latencyUs));
        scheduler.at(toServerUs, () -> arrivesAtServer(frame));
    }

    private void arrivesAtServer(ClientFrame frame) {
        if (now() < lostToServerUs && !closed) {
            verdict.said(frame);
            unread.add(frame);
            handOver();
        }
    }

    private void handOver() {
        while (reading && session != null && !node.life.dead() && !unread.isEmpty()) {
            session.receive(new Incoming.Frame(unread.remove()));
        }
    }

    @Override
    public void read(boolean on) {
        reading = on;
        if (on) {
            later(1_000, this::handOver);
        }
    }

    // ------------------------------------------------------------------------------- to the client

    @Override
    public Transport transport() {
        return Transport.WEBSOCKET;
    }

    @Override
    public void send(byte[] position, SharedFrame shared) {
        if (closed || node.life.dead()) {
            return;
        }
        ServerFrame frame = shared.frame();
        if (position.length > 0) {
            frame = frame.toBuilder().setPosition(ByteString.copyFrom(position)).build();
        }
        verdict.sent(frame);
        ServerFrame whole = frame;
        int bytes = whole.getSerializedSize();
        pendingBytes += bytes;
        toClientUs = Math.max(toClientUs, now() + random.nextInt(latencyUs));
        scheduler.at(toClientUs, () -> arrivesAtClient(whole, bytes));
    }

    private void arrivesAtClient(ServerFrame frame, int bytes) {
        if (now() >= lostToClientUs) {
            return;
        }
        boolean full = pendingBytes >= limits.outboundBytes() / 2;
        pendingBytes -= bytes;
        if (full
                && pendingBytes < limits.outboundBytes() / 2
                && session != null
                && !node.life.dead()) {
            session.writable();
        }
        listener.frame(frame);
    }

    @Override
    public long pendingBytes() {
        return pendingBytes;
    }

    @Override
    public void ping() {
        later(
                latencyUs,
                () -> {
                    if (session != null && now() < lostToServerUs && now() < lostToClientUs) {
                        session.heard();
                    }
                });
    }

    // --------------------------------------------------------------------------------------------------- the end

    @Override
    public void close(Code code, String reason) {
        if (!closed && !node.life.dead()) {
            closed = true;
            scheduler.at(
                    toClientUs,
                    () -> {
                        if (now() < lostToClientUs) {
                            listener.closed(code.number());
                        }
                    });
            serverNotices();
        }
    }

    private void serverNotices() {
        later(
                NOTICED_US,
                () -> {
                    closed = true;
                    if (session != null && !node.life.dead()) {
                        session.closed();
                    }
                });
    }

    /// The client hangs up: what it has said may still arrive, up to somewhere.
    @Override
    public void close() {
        lostToClientUs = Math.min(lostToClientUs, now());
        lostToServerUs = Math.min(lostToServerUs, now() + random.nextInt(NOTICED_US));
        serverNotices();
    }

    /// It breaks in the middle, which both sides notice in time.
    void cut() {
        lostToServerUs = Math.min(lostToServerUs, now() + random.nextInt(NOTICED_US));
        serverNotices();
        clientNotices();
    }

    /// Nothing gets through any more, and nobody is told.
    void fallSilent() {
        lostToClientUs = Math.min(lostToClientUs, now());
        lostToServerUs = Math.min(lostToServerUs, now());
        scheduler.at(now() + CLIENT_PATIENCE_US, () -> listener.closed(0));
    }

    /// The process on the other side was killed.
    void nodeDied() {
        clientNotices();
    }

    private void clientNotices() {
        long noticed = now() + random.nextInt(NOTICED_US);
        lostToClientUs = Math.min(lostToClientUs, noticed);
        scheduler.at(noticed, () -> listener.closed(0));
    }
}
