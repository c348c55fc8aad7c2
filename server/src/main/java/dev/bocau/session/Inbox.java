package dev.bocau.session;

import dev.bocau.protocol.ClientFrame;

/// A client's frames on their way to the lane. When too many of them wait, the connection is not
/// read until half are done.
final class Inbox {
    private final Connection connection;
    private final Lane lane;
    private final int most;
    private volatile boolean reading = true;

    /// @param most frames that may wait
    Inbox(Connection connection, Lane lane, int most) {
        this.connection = connection;
        this.lane = lane;
        this.most = most;
    }

    /// Handles a frame behind those before it.
    void take(ClientFrame frame, Runnable handling) {
        take(handling, waits(frame));
    }

    /// Whether handling a frame may wait for the store.
    private static boolean waits(ClientFrame frame) {
        return switch (frame.getBodyCase()) {
            case SEND_MESSAGE -> frame.getSendMessage().hasMediaId();
            case ACK, PING, DEVICE_STATE -> false;
            default -> true;
        };
    }

    /// Handles what has come behind what came before it.
    ///
    /// @param waits whether handling it may wait for something
    void take(Runnable handling, boolean waits) {
        Runnable work =
                () -> {
                    readOn();
                    handling.run();
                };
        int waiting = lane.frame(work, waits);
        if (reading && waiting >= most) {
            synchronized (this) {
                reading = false;
                connection.read(false);
            }
            // All that waited may have been handled before reading was off.
            readOn();
        }
    }

    private void readOn() {
        if (!reading && lane.waitingFrames() <= most / 2) {
            synchronized (this) {
                if (!reading) {
                    reading = true;
                    connection.read(true);
                }
            }
        }
    }
}
