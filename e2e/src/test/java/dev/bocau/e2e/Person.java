package dev.bocau.e2e;

import com.google.protobuf.TextFormat;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.testing.Link;
import dev.bocau.testing.TestDevice;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Somebody at a device: writes, reads, and comes back whenever the server does.
final class Person implements AutoCloseable {
    private static final int MAX_WAITING = 8;
    private static final int LAST_HEARD = 5;

    /// Between two things that somebody does: what is measured is the server, on the machine that
    /// it shares with a whole cluster.
    private static final Duration PACE = Duration.ofMillis(250);

    /// What a dead process has left undone is adopted by others within a quarter of a minute.
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    final TestDevice device;
    private final List<String> conversations;
    private final Random random;
    private final AtomicBoolean busy = new AtomicBoolean(true);
    private final AtomicBoolean present = new AtomicBoolean(true);
    private final AtomicInteger written = new AtomicInteger();
    private final Thread thread;

    Person(
            Link.Opener way,
            String token,
            String user,
            String id,
            List<String> conversations,
            long seed) {
        this.device = new TestDevice(way, user, id, () -> token).patient(PATIENCE);
        this.conversations = conversations;
        this.random = new Random(seed);
        this.thread = Thread.ofVirtual().start(this::live);
    }

    private void live() {
        while (present.get()) {
            try {
                if (!device.connected()) {
                    device.begin(device.position());
                    device.await("an answer", () -> device.connected() || device.ended());
                }
                Optional<Duration> wait = device.refused();
                if (wait.isPresent()) {
                    LockSupport.parkNanos(wait.get().toNanos());
                    device.resend();
                } else if (busy.get()) {
                    act();
                }
                LockSupport.parkNanos(PACE.toNanos());
            } catch (UncheckedIOException | AssertionError serverIsAway) {
                device.disconnect();
                device.awaitChange(50);
            }
        }
    }

    private void act() {
        String conversation = conversations.get(random.nextInt(conversations.size()));
        if (device.waiting() < MAX_WAITING && random.nextInt(3) > 0) {
            String text =
                    "%s/%s %d".formatted(device.user(), device.id(), written.incrementAndGet());
            device.send(conversation, text);
        } else {
            long newest = device.newest(conversation);
            if (newest > 0) {
                device.read(conversation, newest);
            }
        }
    }

    /// Writes and reads again.
    void goOn() {
        busy.set(true);
    }

    /// Writes and reads no more, but stays connected.
    void rest() {
        busy.set(false);
    }

    int written() {
        return written.get();
    }

    /// What it is at.
    @Override
    public String toString() {
        List<ServerFrame> frames = device.frames();
        return "%s/%s: connected %b, %d written, %d confirmed, %d waiting; last heard: %s"
                .formatted(
                        device.user(),
                        device.id(),
                        device.connected(),
                        written(),
                        device.confirmed().size(),
                        device.waiting(),
                        frames
                                .subList(Math.max(0, frames.size() - LAST_HEARD), frames.size())
                                .stream()
                                .map(TextFormat.printer().emittingSingleLine(true)::printToString)
                                .toList());
    }

    @Override
    public void close() {
        present.set(false);
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        device.close();
    }
}
