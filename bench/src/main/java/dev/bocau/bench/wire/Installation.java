package dev.bocau.bench.wire;

import com.google.protobuf.ByteString;

/// A device of a user, and how far it has got: what it keeps from one connection to the next.
public final class Installation {
    private final String id;
    private final String token;
    private ByteString position = ByteString.EMPTY;

    public Installation(String id, String token) {
        this.id = id;
        this.token = token;
    }

    String id() {
        return id;
    }

    String token() {
        return token;
    }

    /// Empty: it has got nothing yet.
    ByteString position() {
        return position;
    }

    void reached(ByteString next) {
        position = next;
    }
}
