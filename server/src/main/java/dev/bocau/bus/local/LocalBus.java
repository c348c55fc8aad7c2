package dev.bocau.bus.local;

import dev.bocau.bus.Bus;
import dev.bocau.bus.Hint;
import dev.bocau.model.UserId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// The {@link Bus} of a single node: whoever tells calls the listener. Nothing is ever lost, so
/// there is nothing to subscribe to.
public final class LocalBus implements Bus {
    private final List<Consumer<Hint>> listeners = new CopyOnWriteArrayList<>();

    @Override
    public void listen(Consumer<Hint> listener) {
        listeners.add(listener);
    }

    @Override
    public void subscribe(UserId user) {}

    @Override
    public void unsubscribe(UserId user) {}

    @Override
    public void tell(Hint hint) {
        listeners.forEach(listener -> listener.accept(hint));
    }

    @Override
    public void close() {
        listeners.clear();
    }
}
