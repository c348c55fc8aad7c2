package dev.bocau.model;

/// Why something was refused, in words for a developer, and when to try again.
///
/// @param retryAfterMs 0: not given
public record Refusal(Code code, String reason, long retryAfterMs) {
    public static Refusal of(Code code, String reason) {
        return new Refusal(code, reason, 0);
    }

    public static Refusal retry(Code code, String reason, long afterMs) {
        return new Refusal(code, reason, afterMs);
    }
}
