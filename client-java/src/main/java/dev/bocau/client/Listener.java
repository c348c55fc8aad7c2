package dev.bocau.client;

import dev.bocau.protocol.Error;
import dev.bocau.protocol.Message;
import java.util.Set;

/// What the app is told, on the client's thread: return soon, and do not call {@link Client#close}
/// from here. What a method throws is told to `failed`, and stops nothing.
public interface Listener {
    default void state(State state) {}

    /// Something was stored: read again what is on the screen. Messages, receipts, read marks of
    /// one's other devices, titles, and what waits to be sent.
    ///
    /// @param all everything may have changed: the server has sent a snapshot
    default void changed(Set<String> conversationIds, boolean all) {}

    /// A message that this device did not know. It is stored.
    default void arrived(Message message) {}

    /// The server has refused something. What is to be done about it is done already.
    default void refused(Error error) {}

    /// The store or the app's token source has failed, and the client tries again; or this listener
    /// has.
    default void failed(Throwable failure) {}
}
