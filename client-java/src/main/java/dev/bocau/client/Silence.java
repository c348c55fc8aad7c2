package dev.bocau.client;

/// How long nothing has gone over a connection, either way, and which silences it is not yet known
/// to have survived. Only what is heard shows that it has: what is written may go to a network that
/// has forgotten the connection, and is often what reveals it. On any thread.
final class Silence {
    private long stirredAtMs;
    private long heardAtMs;

    /// The longest before something that was written since something was heard.
    private long unansweredMs;

    Silence(long nowMs) {
        stirredAtMs = nowMs;
        heardAtMs = nowMs;
    }

    /// Something is about to be written.
    synchronized void written(long nowMs) {
        unansweredMs = longestMs(nowMs);
        stirredAtMs = nowMs;
    }

    /// Something was heard: tells the longest silence that the connection has survived with this.
    synchronized long heard(long nowMs) {
        long survivedMs = longestMs(nowMs);
        unansweredMs = 0;
        stirredAtMs = nowMs;
        heardAtMs = nowMs;
        return survivedMs;
    }

    synchronized long heardAtMs() {
        return heardAtMs;
    }

    synchronized long unansweredMs() {
        return unansweredMs;
    }

    /// The longest since something was heard, that which lasts included.
    synchronized long longestMs(long nowMs) {
        return Math.max(unansweredMs, nowMs - stirredAtMs);
    }
}
