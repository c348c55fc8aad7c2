package dev.bocau.client;

/// What the server's codes ask of a client: protocol/PROTOCOL.md.
final class Codes {
    static final int FRAME_TOO_LARGE = 4004;
    static final int CONTENT_TOO_LARGE = 4005;
    static final int LOCAL_ID_CONFLICT = 4006;
    static final int NOT_ALLOWED = 4031;
    static final int TOKEN_EXPIRED = 4101;
    static final int SIGNED_OUT = 4102;
    static final int REPLACED = 4500;

    enum Action {
        DROP,
        SIGN_IN,
        REFETCH,
        RETRY,
        RECONNECT,
        GIVE_UP,
        /// Not one of Bocau's codes: the connection just ended.
        NONE
    }

    private Codes() {}

    /// By the hundreds alone, so that codes added later are understood.
    static Action action(int code) {
        return switch (code / 100) {
            case 40 -> Action.DROP;
            case 41 -> Action.SIGN_IN;
            case 42 -> Action.REFETCH;
            case 43 -> Action.RETRY;
            case 44 -> Action.RECONNECT;
            case 45 -> Action.GIVE_UP;
            default -> Action.NONE;
        };
    }
}
