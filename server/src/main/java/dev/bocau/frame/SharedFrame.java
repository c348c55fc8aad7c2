package dev.bocau.frame;

import dev.bocau.protocol.ServerFrame;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// The body of a server frame, encoded at most once per wire format however many connections it
/// goes to.
public final class SharedFrame {
    private final ServerFrame frame;
    private final AtomicReferenceArray<byte[]> bodies =
            new AtomicReferenceArray<>(WireFormat.values().length);

    /// @param frame without a position, which differs from connection to connection
    public SharedFrame(ServerFrame frame) {
        this.frame = frame;
    }

    public ServerFrame frame() {
        return frame;
    }

    /// What follows the envelope in this format. Two threads that ask at the same time may both
    /// encode; either result is good.
    public byte[] body(WireFormat format) {
        byte[] body = bodies.get(format.ordinal());
        if (body == null) {
            body = format.body(frame);
            bodies.set(format.ordinal(), body);
        }
        return body;
    }
}
