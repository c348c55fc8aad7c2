package dev.bocau.model;

/// A reason for refusing a frame or closing a connection. The hundreds of its number say what the
/// client is to do; as the numbers lie in the range that RFC 6455 leaves to applications, a code is
/// also a close code.
public enum Code {
    MALFORMED(4000, "neither frame nor body: invalid JSON, protobuf or UTF-8"),
    UNKNOWN_TYPE(4001, "a frame or request of a kind that this server does not know"),
    WRONG_STATE(4002, "device_connect before anything else, and only once"),
    INVALID_FIELD(4003, "a field is missing, out of range or of the wrong form"),
    FRAME_TOO_LARGE(4004, "longer than maxFrameBytes"),
    CONTENT_TOO_LARGE(4005, "longer than maxContentBytes"),
    LOCAL_ID_CONFLICT(4006, "the localId already stands for something else"),
    NOT_SENT(4007, "acknowledges or marks something that does not exist yet, or was not sent"),
    NOT_A_MEMBER(4030, "not a member of this conversation"),
    NOT_ALLOWED(4031, "not for this user, or not with this token"),
    NO_SUCH_CONVERSATION(4040, "no such conversation"),
    NO_SUCH_MESSAGE(4041, "no such message in this conversation"),
    NO_SUCH_DEVICE(4042, "no such device of this user"),
    NO_SUCH_MEDIA(4043, "no such upload or media, not this user's, or its time has passed"),
    MEDIA_TOO_LARGE(4050, "larger than the server takes"),
    MEDIA_REFUSED(4051, "of a type that is not taken, or a broken or too large image"),
    MEDIA_INCOMPLETE(4052, "not all of it was uploaded yet"),
    MEDIA_CHECKSUM(4053, "what has come is not what was sent: the checksum differs"),
    CONFLICT(4090, "contradicts what exists"),

    TOKEN_INVALID(4100, "no token, or one that this server does not trust"),
    TOKEN_EXPIRED(4101, "the token has expired"),
    SIGNED_OUT(4102, "this device was signed out"),

    URL_EXPIRED(4200, "the URL has expired: ask for a new one"),

    OVERLOADED(4300, "too much work waits"),
    RATE_LIMITED(4301, "more than the limit in this time"),
    UNAVAILABLE(4302, "the store cannot keep anything at the moment"),
    STORAGE_FULL(4303, "the disk is full"),

    SHUTTING_DOWN(4400, "the server is going down"),
    HEARTBEAT_TIMEOUT(4401, "nothing was heard for twice heartbeatMs"),
    SLOW_CONSUMER(4402, "the client does not read what it asked for"),
    CONNECT_TIMEOUT(4403, "no device_connect in time"),
    TOO_MANY_CONNECTIONS(
            4404, "the server holds as many connections as it may, or lets in as many at once"),
    NO_SUCH_SESSION(4405, "polls a session that this server does not know, or not any more"),

    REPLACED(4500, "the same device has connected again"),
    TOO_MANY_DEVICES(4501, "the user has as many devices as allowed: sign one out"),
    TOO_MANY_FAULTS(4502, "too many frames of this connection had to be refused");

    /// What a client does on receiving a code.
    public enum Action {
        DROP,
        SIGN_IN,
        REFETCH,
        RETRY,
        RECONNECT,
        GIVE_UP
    }

    private final int number;
    private final String meaning;

    Code(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    public int number() {
        return number;
    }

    public String meaning() {
        return meaning;
    }

    public Action action() {
        return Action.values()[number / 100 - 40];
    }

    /// Whether only a broken client gets this, and not one that is behind the times.
    public boolean isFaultOfClient() {
        return number / 10 == 400;
    }
}
