package dev.bocau.session;

import dev.bocau.frame.SharedFrame;
import dev.bocau.model.Code;

/// A transport's socket, as a session sees it. A gateway turns bytes into frames and frames into
/// bytes, and nothing else.
///
/// Called by any thread; nothing here waits. After {@link #close} or the end of the socket
/// everything is a no-op. The gateway in turn calls {@link Session#receive}, {@link Session#heard}
/// and {@link Session#writable} as things happen, one at a time, and {@link Session#closed} once,
/// last.
public interface Connection {
    byte[] NO_POSITION = {};

    Transport transport();

    /// Queues a frame behind those before it.
    ///
    /// @param position the encoded position, or {@link #NO_POSITION}
    void send(byte[] position, SharedFrame frame);

    /// Bytes that are queued and not yet taken by the network. Once they have fallen below half of
    /// `limits.outboundBytes` after having been above it, the gateway calls {@link
    /// Session#writable}.
    long pendingBytes();

    /// Frames with a position that the other side takes ahead of its acknowledgements, where the
    /// transport has a bound of its own; 0: none for the time being. When this grows, the gateway
    /// calls {@link Session#writable}.
    default int window() {
        return Integer.MAX_VALUE;
    }

    /// Asks the other side for a sign of life, in the transport's own way.
    void ping();

    /// Whether to go on reading from the socket.
    void read(boolean on);

    /// Ends the connection once what is queued is sent.
    void close(Code code, String reason);
}
