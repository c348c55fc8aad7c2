package dev.bocau.gateway.mqtt;

import io.netty.handler.codec.mqtt.MqttMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a device has published and is not yet confirmed, in order: MQTT wants confirmations in the
/// order of what they confirm (MQTT 5, section 4.6), whatever is done first. For one thread.
final class Publishes {
    private @Nullable Deque<Publish> waiting;

    /// One of them.
    static final class Publish {
        private final int packetId;
        private @Nullable MqttMessage confirmation;

        private Publish(int packetId) {
            this.packetId = packetId;
        }

        int packetId() {
            return packetId;
        }
    }

    int size() {
        return waiting == null ? 0 : waiting.size();
    }

    /// Something has come.
    ///
    /// @return empty if a packet of that id waits already
    Optional<Publish> add(int packetId) {
        if (waiting == null) {
            waiting = new ArrayDeque<>(4);
        }
        if (waiting.stream().anyMatch(each -> each.packetId == packetId)) {
            return Optional.empty();
        }
        Publish publish = new Publish(packetId);
        waiting.add(publish);
        return Optional.of(publish);
    }

    /// It is done.
    ///
    /// @return the confirmations whose turn it is
    List<MqttMessage> confirm(Publish publish, MqttMessage confirmation) {
        publish.confirmation = confirmation;
        List<MqttMessage> due = new ArrayList<>(1);
        if (waiting != null) {
            for (Publish next = waiting.peek(); next != null; next = waiting.peek()) {
                if (next.confirmation == null) {
                    return due;
                }
                due.add(next.confirmation);
                waiting.remove();
            }
            waiting = null;
        }
        return due;
    }
}
