package dev.bocau.testing;

import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.ServerFrame;

/// A connection, from the client's side.
public interface Link {
    void send(ClientFrame frame);

    /// Ends it, as a closed app does.
    void close();

    /// What comes over it, in order.
    interface Listener {
        void frame(ServerFrame frame);

        /// It has ended.
        ///
        /// @param code 0: the connection broke
        void closed(int code);
    }

    /// A way to the server.
    interface Opener {
        Link open(Listener listener);
    }
}
