package dev.bocau.testing;

import com.google.protobuf.ByteString;
import dev.bocau.frame.TestFrames;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.ServerFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A {@link Link} that says in events of Socket.IO, on a WebSocket, what a device says. These know
/// no positions: the link counts events, and tells the count as the position; what was acknowledged
/// up to there lets it answer the pings that came behind. A cursor is always the stored one.
public final class SocketIoLink extends SocketedLink {
    private static final int TEXT = 1;
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String EVENT = "42/chat,";
    private static final String CONNECT = "40/chat,";
    private static final String CONNECT_ERROR = "44/chat,";
    private static final String PING = "2";
    private static final String PONG = "3";

    /// Events that are no entries of the log.
    private static final Set<String> ANSWERS =
            Set.of("device_connected", "token_accepted", "error");

    private final RawSocket socket;

    /// How many events had come before the pings that are not answered.
    private final Queue<Long> pings = new ArrayDeque<>();

    private long events;
    private long acknowledged;
    private boolean introduced;

    private SocketIoLink(RawSocket socket, Listener listener) {
        super(listener, socket);
        this.socket = socket;
    }

    /// A way to a port of this machine.
    public static Opener to(int port) {
        return way(listener ->
                new SocketIoLink(
                        RawSocket.upgraded(port, "/socket.io/?EIO=4&transport=websocket", ""),
                        listener));
    }

    // ------------------------------------------------------------------------------------------------ from the server

    @Override
    void read() throws IOException {
        RawSocket.Frame frame = socket.read();
        if (frame.opcode() != TEXT) {
            return;
        }
        String packet = new String(frame.payload(), StandardCharsets.UTF_8);
        if (packet.equals(PING)) {
            synchronized (this) {
                pings.add(events);
                answerPings();
            }
        } else if (packet.startsWith(EVENT)) {
            JsonNode event = JSON.readTree(packet.substring(EVENT.length()));
            event(event.get(0).asString(), (ObjectNode) event.get(1));
        } else if (packet.startsWith(CONNECT_ERROR)) {
            event(
                    "error",
                    (ObjectNode)
                            JSON.readTree(packet.substring(CONNECT_ERROR.length())).get("data"));
        }
    }

    private void event(String name, ObjectNode payload) {
        ObjectNode frame = payload;
        switch (name) {
            // The same once more, for other apps.
            case "message_read_receipt" -> {
                return;
            }
            case "read_receipts" -> {
                frame = JSON.createObjectNode();
                frame.putArray("receipts").add(payload);
            }
            case "messages_read_sync" -> readSync(payload);
            case "sync_missed_messages" ->
                    payload.path("reads").forEach(read -> readSync((ObjectNode) read));
            default -> {}
        }
        frame.put("type", name);
        ServerFrame.Builder told = TestFrames.serverFrame(frame.toString()).toBuilder();
        code(told.hasError() ? told.getError().getCode() : 0);
        if (!ANSWERS.contains(name)) {
            synchronized (this) {
                events++;
                told.setPosition(position(events));
            }
        }
        tell(told.build());
    }

    private static void readSync(ObjectNode read) {
        read.set("syncedFrom", read.get("syncedFromDevice"));
    }

    private static ByteString position(long number) {
        return ByteString.copyFrom(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
    }

    private void answerPings() {
        while (!pings.isEmpty() && pings.element() <= acknowledged) {
            pings.remove();
            write(PONG);
        }
    }

    // -------------------------------------------------------------------------------------------------- to the server

    /// On a connection that has ended it does nothing; the listener hears of the end.
    @Override
    public synchronized void send(ClientFrame frame) {
        if (frame.hasAck()) {
            ByteBuffer position = frame.getAck().getPosition().asReadOnlyByteBuffer();
            acknowledged = Math.max(acknowledged, Math.min(events, position.getLong()));
            answerPings();
        } else {
            ObjectNode payload = (ObjectNode) JSON.readTree(TestFrames.json(frame));
            String name = payload.remove("type").asString();
            if (frame.hasDeviceConnect() && !introduced) {
                introduced = true;
                write(CONNECT + payload);
            } else {
                write(EVENT + JSON.createArrayNode().add(name).add(payload));
            }
        }
    }

    private synchronized void write(String packet) {
        try {
            socket.sendText(packet);
        } catch (IOException e) {
            close();
        }
    }
}
