package dev.bocau.gateway.socketio;

import dev.bocau.frame.WireFormat;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// Packets of Socket.IO as they come in one request of polling: each is read or refused, means the
/// same when it is said again, and its event becomes a frame that is read or refused.
public final class SocketIoFuzz {
    private SocketIoFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        for (String text : Payload.packets(input)) {
            Packet.parse(text).ifPresent(SocketIoFuzz::look);
        }
    }

    private static void look(Packet packet) {
        Optional<Packet> again = Packet.parse(packet.text());
        if (!again.equals(Optional.of(packet))) {
            throw new AssertionError("%s, said again: %s".formatted(packet, again));
        }
        JsonNode data = packet.data();
        switch (packet.kind()) {
            case CONNECT -> read(Events.introduction(data, MissingNode.getInstance()));
            case EVENT -> {
                JsonNode payload = data.has(1) ? data.get(1) : MissingNode.getInstance();
                read(Events.frame(data.get(0).asString(), payload));
                read(Events.introduction(MissingNode.getInstance(), payload));
            }
            case ACK, DISCONNECT, CONNECT_ERROR -> {}
        }
    }

    private static void read(byte[] frame) {
        Objects.requireNonNull(WireFormat.JSON.read(frame));
    }
}
