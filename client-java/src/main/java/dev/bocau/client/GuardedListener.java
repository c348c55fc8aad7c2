package dev.bocau.client;

import dev.bocau.protocol.Error;
import dev.bocau.protocol.Message;
import java.util.Set;

/// The app's listener, of which nothing comes back: whatever it throws is told to it as a failure,
/// and the client goes on with what it was about to do.
final class GuardedListener implements Listener {
    private final Listener app;

    GuardedListener(Listener app) {
        this.app = app;
    }

    @Override
    public void state(State state) {
        tell(() -> app.state(state));
    }

    @Override
    public void changed(Set<String> conversationIds, boolean all) {
        tell(() -> app.changed(conversationIds, all));
    }

    @Override
    public void arrived(Message message) {
        tell(() -> app.arrived(message));
    }

    @Override
    public void refused(Error error) {
        tell(() -> app.refused(error));
    }

    @Override
    public void failed(Throwable failure) {
        try {
            app.failed(failure);
        } catch (Throwable nobodyLeftToTell) {
            // The listener cannot even hear of failures.
        }
    }

    private void tell(Runnable news) {
        try {
            news.run();
        } catch (Throwable thrown) {
            failed(thrown);
        }
    }
}
