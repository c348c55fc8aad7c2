package dev.bocau.model;

/// Why something was refused, in words for a developer, and when to try again.
///
/// @param retryAfterMs 0: not given
public record Refusal(Code code, String reason, long retryAfterMs) {
    /// When to try again where nothing else is known.
    public static final long RETRY_AFTER_MS = 1_000;

    public static Refusal of(Code code, String reason) {
        return new Refusal(code, reason, 0);
    }

    public static Refusal retry(Code code, String reason) {
        return retry(code, reason, RETRY_AFTER_MS);
    }

    public static Refusal retry(Code code, String reason, long afterMs) {
        return new Refusal(code, reason, afterMs);
    }
}
