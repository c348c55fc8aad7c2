package dev.bocau.client;

/// Every limit of the client that the server does not tell, with its unit last in its name.
final class Limits {
    /// From opening a socket to device_connected.
    static final int CONNECT_MS = 10_000;

    /// After a ping: a connection that stays silent for so long is lost, whatever the network says.
    static final long PONG_MS = 10_000;

    /// The server asks after the silence that was agreed upon; so much later the client asks
    /// itself.
    static final long PING_GRACE_MS = 5_000;

    /// Something was sent, and the server has answered nothing at all of what waits.
    static final long ANSWER_MS = 30_000;

    /// Reconnecting: a random time up to the base doubled with each attempt, up to the cap.
    static final long BACKOFF_BASE_MS = 500;

    static final long BACKOFF_CAP_MS = 30_000;

    /// A new token is asked for so long before the old one expires, or at half of a shorter life.
    static final long RENEW_BEFORE_MS = 60_000;

    /// So long after asking for a new token has failed, or has brought an expired one, it is asked
    /// for again.
    static final long RENEW_AGAIN_MS = 10_000;

    /// A session is not brought new tokens more often than this, however soon they expire.
    static final long RENEW_LEAST_MS = 1_000;

    /// Frames that wait for the store; then the socket is not read.
    static final int INBOX_FRAMES = 4_096;

    /// Frames whose effects are stored in one transaction.
    static final int FRAMES_PER_TRANSACTION = 64;

    /// A frame that the server may send: more than any server is configured for.
    static final int FRAME_BYTES = 16_777_216;

    /// Messages, edits and recalls sent without waiting for an answer.
    static final int IN_FLIGHT = 16;

    /// Messages, edits and recalls that wait for the server or for the user.
    static final int OUTBOX_ITEMS = 1_000;

    /// Reads are gathered for so long before they are told.
    static final long READ_GATHER_MS = 300;

    /// Unconfirmed reads of one conversation that keep their own times.
    static final int PENDING_READS = 100;

    /// More are not told apart.
    static final int UNREAD_MESSAGES = 999;

    /// The silence that is proposed first, and between which bounds it moves.
    static final int HEARTBEAT_MS = 30_000;

    static final int HEARTBEAT_MIN_MS = 15_000;
    static final int HEARTBEAT_MAX_MS = 1_200_000;

    /// For so long a silence that a connection did not survive is not proposed again.
    static final long HEARTBEAT_FORGET_MS = 14_400_000;

    private Limits() {}
}
