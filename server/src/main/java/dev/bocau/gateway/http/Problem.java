package dev.bocau.gateway.http;

import dev.bocau.model.Code;
import dev.bocau.model.Refusal;
import java.util.Locale;
import java.util.Optional;

/// A refusal as HTTP tells it: problem details, RFC 9457.
record Problem(
        String type,
        String title,
        int status,
        String detail,
        int code,
        Optional<Long> retryAfterMs) {

    static final String TYPE = "application/problem+json";

    /// What a status of HTTP's own making means here.
    static Code code(int status) {
        return switch (status) {
            case 404, 405 -> Code.UNKNOWN_TYPE;
            case 413 -> Code.CONTENT_TOO_LARGE;
            case 500, 503 -> Code.UNAVAILABLE;
            default -> Code.MALFORMED;
        };
    }

    static Problem of(Refusal refusal) {
        return of(refusal, status(refusal.code()));
    }

    static Problem of(Refusal refusal, int status) {
        Code code = refusal.code();
        return new Problem(
                "urn:bocau:" + code.name().toLowerCase(Locale.ROOT),
                code.meaning(),
                status,
                refusal.reason(),
                code.number(),
                Optional.of(refusal.retryAfterMs()).filter(ms -> ms > 0));
    }

    private static int status(Code code) {
        return switch (code) {
            case MALFORMED, UNKNOWN_TYPE, WRONG_STATE, INVALID_FIELD -> 400;
            case FRAME_TOO_LARGE, CONTENT_TOO_LARGE, MEDIA_TOO_LARGE -> 413;
            case MEDIA_REFUSED -> 415;
            case MEDIA_CHECKSUM -> 460;
            case URL_EXPIRED -> 410;
            case NOT_A_MEMBER, NOT_ALLOWED -> 403;
            case NO_SUCH_CONVERSATION, NO_SUCH_MESSAGE, NO_SUCH_DEVICE, NO_SUCH_MEDIA -> 404;
            case CONFLICT, LOCAL_ID_CONFLICT, NOT_SENT, MEDIA_INCOMPLETE -> 409;
            case TOKEN_INVALID, TOKEN_EXPIRED, SIGNED_OUT -> 401;
            case RATE_LIMITED -> 429;
            case OVERLOADED, UNAVAILABLE, SHUTTING_DOWN, TOO_MANY_CONNECTIONS -> 503;
            case STORAGE_FULL -> 507;
            case HEARTBEAT_TIMEOUT,
                    SLOW_CONSUMER,
                    CONNECT_TIMEOUT,
                    NO_SUCH_SESSION,
                    REPLACED,
                    TOO_MANY_DEVICES,
                    TOO_MANY_FAULTS ->
                    400;
        };
    }
}
