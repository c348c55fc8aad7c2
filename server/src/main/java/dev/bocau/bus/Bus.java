package dev.bocau.bus;

import dev.bocau.model.UserId;
import java.util.function.Consumer;

/// Carries hints between nodes, this one included. `BusContract` in the tests holds every
/// implementation to this comment.
///
/// **A hint may be lost, come twice or in another order.** That costs latency, never correctness:
/// whoever hears one looks at the store for the truth, and looks there now and then without having
/// heard any.
public interface Bus extends AutoCloseable {

    /// Adds one who hears what is told, before anything is. Listeners hear a hint one after the
    /// other, in the order in which they were added, on the teller's thread or on one of the bus.
    /// They must not block, and are called by one thread at a time for hints that one thread has
    /// told.
    void listen(Consumer<Hint> listener);

    /// From the return of this call on, this node hears what is told of a user, until it
    /// unsubscribes as often as it has subscribed.
    void subscribe(UserId user);

    void unsubscribe(UserId user);

    /// Tells everybody who has subscribed to the users concerned. Does not wait.
    void tell(Hint hint);

    @Override
    void close();
}
