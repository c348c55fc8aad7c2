package dev.bocau.gateway;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Makes frames of the bytes that a client sends, however they are cut. Holds bytes only while
/// something is incomplete. For one thread.
///
/// @param <S> takes what has been read, in order
public abstract class StreamReader<S> {
    /// The client does not keep to the protocol; nothing that follows can be read.
    public static final class Violation extends Exception {
        private static final long serialVersionUID = 1;

        public Violation(String what) {
            super(what, null, false, false);
        }
    }

    /// Something is longer than allowed; nothing that follows can be read.
    public static final class TooLong extends Exception {
        private static final long serialVersionUID = 1;

        public TooLong() {
            super("too long", null, false, false);
        }
    }

    /// The beginning of a frame whose end has not come.
    private @Nullable ByteBuf rest;

    /// Reads what has come, and releases it.
    public final void read(ByteBuf bytes, S sink) throws Violation, TooLong {
        try {
            if (rest == null) {
                readAll(bytes, sink);
                if (bytes.isReadable()) {
                    rest = bytes.alloc().buffer(bytes.readableBytes()).writeBytes(bytes);
                }
            } else {
                readAll(rest.writeBytes(bytes), sink);
                if (rest.isReadable()) {
                    rest.discardReadBytes();
                } else {
                    rest.release();
                    rest = null;
                }
            }
        } finally {
            bytes.release();
        }
    }

    private void readAll(ByteBuf in, S sink) throws Violation, TooLong {
        boolean more = true;
        while (more) {
            more = frame(in, sink);
        }
    }

    /// Reads a frame, or leaves the bytes of one that is not whole.
    ///
    /// @return whether there was a whole one
    protected abstract boolean frame(ByteBuf in, S sink) throws Violation, TooLong;

    /// Lets go of what it holds.
    public void close() {
        if (rest != null) {
            rest.release();
            rest = null;
        }
    }
}
