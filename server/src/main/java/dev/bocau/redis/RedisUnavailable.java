package dev.bocau.redis;

/// Redis cannot be reached, in words for an operator.
public final class RedisUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1;

    RedisUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
