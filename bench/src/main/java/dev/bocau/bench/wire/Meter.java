package dev.bocau.bench.wire;

/// Bytes that a device has given to TCP and got from it, all framing above TCP included.
public final class Meter {
    private long up;
    private long down;

    /// What has passed up to a moment, or between two.
    public record Bytes(double up, double down) {
        public Bytes minus(Bytes earlier) {
            return new Bytes(up - earlier.up, down - earlier.down);
        }

        public Bytes plus(Bytes more) {
            return new Bytes(up + more.up, down + more.down);
        }

        public Bytes times(double factor) {
            return new Bytes(up * factor, down * factor);
        }
    }

    void up(int bytes) {
        up += bytes;
    }

    void down(int bytes) {
        down += bytes;
    }

    public Bytes read() {
        return new Bytes(up, down);
    }
}
