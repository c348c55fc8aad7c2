package dev.bocau.client;

/// How long a silence this device proposes: longer while connections survive it, half after one was
/// lost in it. What lies between grows towards the shortest silence that was not survived, without
/// reaching it, until that is forgotten. (docs/decisions/011)
final class HeartbeatInterval {
    private int proposedMs = Limits.HEARTBEAT_MS;

    /// The shortest that was not survived lately.
    private int tooLongMs = Integer.MAX_VALUE;

    private long tooLongAtMs;

    int proposedMs() {
        return proposedMs;
    }

    /// A connection was silent for so long, and then something came over it.
    void held(int silenceMs, long nowMs) {
        if (nowMs - tooLongAtMs > Limits.HEARTBEAT_FORGET_MS) {
            tooLongMs = Integer.MAX_VALUE;
        }
        // Closer than this, a try costs more connections than it saves wakes.
        if (tooLongMs - silenceMs > silenceMs / 8) {
            long half = silenceMs + silenceMs / 2L;
            long between = (silenceMs + (long) tooLongMs) / 2;
            propose(Math.max(proposedMs, Math.min(half, between)));
        }
    }

    /// A connection was found dead after such a silence.
    void lost(int silenceMs, long nowMs) {
        tooLongMs = silenceMs;
        tooLongAtMs = nowMs;
        propose(silenceMs / 2L);
    }

    private void propose(long silenceMs) {
        proposedMs =
                (int)
                        Math.max(
                                Limits.HEARTBEAT_MIN_MS,
                                Math.min(Limits.HEARTBEAT_MAX_MS, silenceMs));
    }
}
