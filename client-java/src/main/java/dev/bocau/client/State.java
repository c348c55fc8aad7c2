package dev.bocau.client;

/// What the connection is doing.
///
/// @param retryAt in `WAITING`: when the next attempt comes, by this device's clock
/// @param code in `SIGNED_OUT` and `REFUSED`: the server's; else 0
public record State(Name name, long retryAt, int code, String reason) {

    /// The same as in the other SDKs.
    public enum Name {
        /// Not started, or stopped.
        STOPPED,
        CONNECTING,
        /// Connected; what was missed is still coming.
        SYNCING,
        ONLINE,
        /// The connection was lost, or could not be opened.
        WAITING,
        /// The same device has connected elsewhere. `start` takes over again.
        REPLACED,
        /// The server takes no token of this device any more. `start` tries again.
        SIGNED_OUT,
        /// The server refuses this device, and would again. `start` tries again.
        REFUSED
    }

    static State of(Name name) {
        return new State(name, 0, 0, "");
    }
}
