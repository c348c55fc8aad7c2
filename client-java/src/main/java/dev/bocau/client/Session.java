package dev.bocau.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.WireFormat;
import dev.bocau.protocol.Ack;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.DeviceConnect;
import dev.bocau.protocol.DeviceConnected;
import dev.bocau.protocol.Error;
import dev.bocau.protocol.Ping;
import dev.bocau.protocol.ServerFrame;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/// One connection's life: opening, device_connect, frames both ways, and noticing the end. A thread
/// opens it and reads, another writes; everything else happens on the loop.
final class Session {
    private static final int VERSION = 1;
    private static final byte[] SIGN_OF_LIFE = {0};
    private static final int POSITION =
            ServerFrame.POSITION_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final byte[] NO_MORE = {};

    /// How and why a session has ended.
    ///
    /// @param code the server's; 0: the connection broke, or was never there
    /// @param silenceMs it was lost in a silence, while this long a one was agreed upon; else 0
    record End(int code, String reason, long retryAfterMs, int silenceMs) {}

    /// On the loop.
    interface Events {
        /// Frames of the session, in order, none of them a pong.
        void frames(Session session, List<ServerFrame> frames);

        /// The connection was silent for so long, and was not lost.
        void held(int silenceMs);

        /// Exactly once, and nothing after it.
        void ended(Session session, End end);
    }

    private final Loop loop;
    private final Address address;
    private final Callable<DeviceConnect> hello;
    private final Events events;
    private final BlockingQueue<byte[]> outgoing = new LinkedBlockingQueue<>();
    private final BlockingQueue<ServerFrame> incoming =
            new ArrayBlockingQueue<>(Limits.INBOX_FRAMES);
    private volatile @Nullable Socket socket;
    private volatile boolean over;

    private final Silence silence;
    private @Nullable Error lastError;
    private @Nullable DeviceConnected terms;
    private Loop.Cancel listening = Loop.Cancel.NOTHING;
    private Loop.Cancel acknowledging = Loop.Cancel.NOTHING;
    private boolean acknowledgingSoon;
    private @Nullable ByteString stored;
    private int storedFrames;

    /// When that was asked to which the last pong is the answer.
    private long answeredMs = Long.MIN_VALUE;

    /// @param hello asked for once, on a thread that may wait
    Session(Loop loop, Address address, Callable<DeviceConnect> hello, Events events) {
        this.loop = loop;
        this.address = address;
        this.hello = hello;
        this.events = events;
        this.silence = new Silence(loop.nowMs());
    }

    void start() {
        listening = loop.after(2L * Limits.CONNECT_MS, () -> close("no answer to device_connect"));
        thread("bocau-read", this::read).start();
    }

    private static Thread thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    boolean ended() {
        return over;
    }

    /// What the server told on connecting; null before that.
    @Nullable DeviceConnected terms() {
        return terms;
    }

    /// Nothing happens once the session is over: what matters is sent again in the next one.
    void send(ClientFrame.Builder frame) {
        outgoing.add(frame.build().toByteArray());
    }

    /// Does not wait for the other side: it may be gone.
    void close(String reason) {
        end(new End(0, reason, 0, 0));
    }

    /// What was sent got no answer. If nothing else was heard since, the silence before it was not
    /// survived.
    void unanswered() {
        int silenceMs = agreedUpon(silence.unansweredMs());
        end(new End(0, "what was sent got no answer", 0, silenceMs));
    }

    // ------------------------------------------------------------------------ on its own threads

    private void read() {
        String reason = "the connection was closed";
        try {
            DeviceConnect first = hello.call();
            Socket opened = address.open(Limits.CONNECT_MS);
            socket = opened;
            if (over) {
                opened.close();
            }
            outgoing.add(new byte[] {VERSION});
            send(ClientFrame.newBuilder().setDeviceConnect(first));
            thread("bocau-write", () -> write(opened)).start();
            try (DataInputStream in = buffered(opened)) {
                while (true) {
                    receive(readFrame(in));
                }
            }
        } catch (EOFException ended) {
            // The reason stands in the last frame.
        } catch (Exception e) {
            reason = String.valueOf(e.getMessage());
        }
        String why = reason;
        loop.execute(() -> lost(why));
    }

    private static DataInputStream buffered(Socket socket) throws IOException {
        return new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    private void receive(byte[] bytes) throws IOException, InterruptedException {
        long silentMs = silence.heard(loop.nowMs());
        loop.execute(() -> survived(silentMs));
        if (bytes.length == 0) {
            outgoing.add(SIGN_OF_LIFE);
            return;
        }
        incoming.put(ServerFrame.parseFrom(bytes));
        loop.execute(this::take);
    }

    /// Fields up to the first that is not the position: that is the body. Nothing: a sign of life.
    ///
    /// @throws EOFException at the end
    private static byte[] readFrame(DataInputStream in) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        int key = POSITION;
        while (key == POSITION) {
            key = readVarint(in, frame);
            if (key == 0) {
                return new byte[0];
            }
            byte[] bytes = new byte[readVarint(in, frame)];
            in.readFully(bytes);
            frame.write(bytes);
        }
        return frame.toByteArray();
    }

    /// @param copy of what was read
    private static int readVarint(DataInputStream in, ByteArrayOutputStream copy)
            throws IOException {
        long value = 0;
        for (int shift = 0, next = 0x80; next >= 0x80; shift += 7) {
            next = in.readUnsignedByte();
            copy.write(next);
            value |= (long) (next & 0x7f) << shift;
            if (copy.size() + value > Limits.FRAME_BYTES || shift > 28) {
                throw new IOException("the server sent what is not a frame");
            }
        }
        return (int) value;
    }

    /// What waits goes out as one.
    private void write(Socket to) {
        try {
            List<byte[]> waiting = new ArrayList<>();
            while (!over) {
                waiting.add(outgoing.take());
                outgoing.drainTo(waiting);
                ByteArrayOutputStream together = new ByteArrayOutputStream();
                for (byte[] each : waiting) {
                    together.write(each);
                }
                waiting.clear();
                silence.written(loop.nowMs());
                to.getOutputStream().write(together.toByteArray());
            }
        } catch (IOException | InterruptedException e) {
            // The reading thread notices.
        } finally {
            closeSocket();
        }
    }

    private void closeSocket() {
        Socket open = socket;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // It is gone, one way or the other.
            }
        }
    }

    // --------------------------------------------------------------------------------- on the loop

    private void take() {
        List<ServerFrame> frames = new ArrayList<>();
        incoming.drainTo(frames, Limits.FRAMES_PER_TRANSACTION);
        if (over || frames.isEmpty()) {
            return;
        }
        for (ServerFrame frame : frames) {
            if (frame.hasDeviceConnected()) {
                begin(frame.getDeviceConnected());
            }
            boolean aboutTheConnection = frame.hasError() && !frame.getError().hasLocalId();
            lastError = aboutTheConnection ? frame.getError() : null;
            if (frame.hasPong()) {
                answeredMs = frame.getPong().getTimestamp();
            }
        }
        frames.removeIf(ServerFrame::hasPong);
        events.frames(this, frames);
    }

    private void begin(DeviceConnected told) {
        terms = told;
        listen(told.getHeartbeatMs() + Limits.PING_GRACE_MS);
    }

    private void survived(long silentMs) {
        DeviceConnected agreed = terms;
        // The server's clock ticks more coarsely than ours.
        if (!over && agreed != null && silentMs >= agreed.getHeartbeatMs() * 9L / 10) {
            events.held(agreed.getHeartbeatMs());
        }
    }

    /// Notices that a connection is dead though nobody has closed it: the network will not always
    /// tell. The server asks first; where that does not come either, it is asked.
    private void listen(long silenceMs) {
        listening.cancel();
        long leftMs = silence.heardAtMs() + silenceMs - loop.nowMs();
        listening = leftMs > 0 ? loop.after(leftMs, () -> listen(silenceMs)) : ask();
    }

    /// The network may have changed: is anybody there?
    void check() {
        if (!over && terms != null) {
            listening.cancel();
            listening = ask();
        }
    }

    private Loop.Cancel ask() {
        long askedAtMs = loop.nowMs();
        int silenceMs = agreedUpon(silence.longestMs(askedAtMs));
        send(ClientFrame.newBuilder().setPing(Ping.newBuilder().setTimestamp(askedAtMs)));
        return loop.after(
                Limits.PONG_MS,
                () -> {
                    DeviceConnected agreed = terms;
                    if (silence.heardAtMs() < askedAtMs) {
                        end(new End(0, "nothing was heard", 0, silenceMs));
                    } else if (answeredMs != askedAtMs) {
                        // What was heard may have been on its way before.
                        listening = ask();
                    } else if (agreed != null) {
                        listen(agreed.getHeartbeatMs() + Limits.PING_GRACE_MS);
                    }
                });
    }

    /// Frames of this session are stored; the server waits for an answer to a page.
    void stored(ByteString position, int frames, boolean page) {
        DeviceConnected agreed = terms;
        stored = position;
        storedFrames += frames;
        if (page || agreed == null || storedFrames >= agreed.getAckEvery()) {
            acknowledge();
        } else {
            acknowledgeAfter(agreed.getAckMs());
        }
    }

    /// The newest position, at once or again: the server refused to hear it.
    void acknowledgeAfter(long delayMs) {
        if (!acknowledgingSoon) {
            acknowledgingSoon = true;
            acknowledging = loop.after(delayMs, this::acknowledge);
        }
    }

    private void acknowledge() {
        acknowledging.cancel();
        acknowledgingSoon = false;
        storedFrames = 0;
        ByteString position = stored;
        if (position != null) {
            send(ClientFrame.newBuilder().setAck(Ack.newBuilder().setPosition(position)));
        }
    }

    /// The connection has ended; what came before is taken first.
    private void lost(String reason) {
        while (!over && !incoming.isEmpty()) {
            take();
        }
        Error error = lastError;
        if (error != null) {
            end(new End(error.getCode(), error.getReason(), error.getRetryAfterMs(), 0));
            return;
        }
        end(new End(0, reason, 0, agreedUpon(silence.longestMs(loop.nowMs()))));
    }

    /// What was agreed upon, if at least half of it has passed in silence.
    private int agreedUpon(long silentMs) {
        DeviceConnected agreed = terms;
        int agreedMs = agreed == null ? 0 : agreed.getHeartbeatMs();
        return silentMs >= agreedMs / 2 ? agreedMs : 0;
    }

    private void end(End end) {
        if (over) {
            return;
        }
        over = true;
        listening.cancel();
        acknowledging.cancel();
        outgoing.add(NO_MORE);
        // A reader that waits for room finds some, and then the end.
        incoming.clear();
        closeSocket();
        events.ended(this, end);
    }
}
