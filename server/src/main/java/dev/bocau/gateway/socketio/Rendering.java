package dev.bocau.gateway.socketio;

import dev.bocau.frame.SharedFrame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes events of frames, once for all who get the same frame one after the other, as those do who
/// get a message.
final class Rendering {
    private volatile @Nullable Made last;

    private record Made(SharedFrame frame, List<Events.Event> events) {}

    List<Events.Event> of(SharedFrame frame) {
        Made before = last;
        if (before != null && before.frame.equals(frame)) {
            return before.events;
        }
        Made made = new Made(frame, Events.of(frame));
        last = made;
        return made.events;
    }
}
