package dev.bocau.testing;

import dev.bocau.frame.TestFrames;
import dev.bocau.frame.WireFormat;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.DeviceConnect;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.testing.MqttSocket.Body;
import dev.bocau.testing.MqttSocket.Packet;
import dev.bocau.testing.MqttSocket.Published;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A {@link Link} that says in MQTT's dialect what a device says: device_connect is CONNECT and a
/// subscription, ack is a PUBACK for everything up to there, send_message is published to its
/// conversation, and everything else as it is.
public final class MqttLink extends SocketedLink {
    private static final int KEEP_ALIVE_S = 60;

    public static final Dialect JSON_5 = new Dialect(true, WireFormat.JSON, 0);
    public static final Dialect PROTO_5 = new Dialect(true, WireFormat.PROTO, 0);
    public static final Dialect JSON_3 = new Dialect(false, WireFormat.JSON, 0);
    public static final Dialect PROTO_3 = new Dialect(false, WireFormat.PROTO, 0);

    /// What can be spoken.
    ///
    /// @param receiveMaximum of MQTT 5 only; 0: not said
    public record Dialect(boolean five, WireFormat format, int receiveMaximum) {
        @Override
        public String toString() {
            String name = (five ? "5-" : "3.1.1-") + format.name().toLowerCase(Locale.ROOT);
            return receiveMaximum == 0 ? name : name + "-max-" + receiveMaximum;
        }
    }

    private record Unacknowledged(int packetId, com.google.protobuf.ByteString position) {}

    private final Dialect dialect;
    private final MqttSocket socket;
    private final Deque<Unacknowledged> unacknowledged = new ArrayDeque<>();
    private int lastPacketId;

    private MqttLink(MqttSocket socket, Dialect dialect, Listener listener) {
        super(listener, socket);
        this.dialect = dialect;
        this.socket = socket;
    }

    /// A way to a port of this machine; opening throws {@link java.io.UncheckedIOException} when
    /// nobody answers there.
    public static Opener to(int port, Dialect dialect) {
        return way(listener -> new MqttLink(new MqttSocket(port, 0), dialect, listener));
    }

    @Override
    void read() throws IOException {
        Packet packet = socket.read();
        switch (packet.type()) {
            case MqttSocket.CONNACK -> {
                if (packet.reason() != 0) {
                    refused(packet);
                } else if (packet.body()[0] == 0) {
                    write(MqttSocket.subscribe(dialect.five, packetId(), "inbox", 1));
                }
            }
            case MqttSocket.PUBLISH -> published(packet);
            case MqttSocket.DISCONNECT -> refused(packet);
            default -> {}
        }
    }

    /// MQTT 5 says our code, 3.1.1 says at most why it does not let one in.
    private void refused(Packet packet) {
        code(
                dialect.five
                        ? Integer.parseInt(packet.properties().getOrDefault("code", "0").toString())
                        : packet.reason());
    }

    private void published(Packet packet) throws IOException {
        Published published = Published.of(packet, dialect.five);
        ServerFrame frame =
                dialect.format == WireFormat.JSON
                        ? TestFrames.serverFrame(
                                new String(published.payload(), StandardCharsets.UTF_8))
                        : ServerFrame.parseFrom(published.payload());
        if (published.packetId() > 0) {
            synchronized (unacknowledged) {
                unacknowledged.add(new Unacknowledged(published.packetId(), frame.getPosition()));
            }
        }
        code(frame.hasError() ? frame.getError().getCode() : 0);
        tell(frame);
    }

    private synchronized int packetId() {
        lastPacketId = lastPacketId % 0xffff + 1;
        return lastPacketId;
    }

    /// On a connection that has ended it does nothing; the listener hears of the end.
    @Override
    public void send(ClientFrame frame) {
        switch (frame.getBodyCase()) {
            case DEVICE_CONNECT -> write(connect(frame.getDeviceConnect()));
            case ACK -> acknowledge(frame.getAck().getPosition());
            case SEND_MESSAGE -> {
                byte[] payload =
                        dialect.format == WireFormat.JSON
                                ? json(frame)
                                : frame.getSendMessage().toByteArray();
                publish("conversations/" + frame.getSendMessage().getConversationId(), payload);
            }
            default ->
                    publish(
                            "frames",
                            dialect.format == WireFormat.JSON ? json(frame) : frame.toByteArray());
        }
    }

    private static byte[] json(ClientFrame frame) {
        return TestFrames.json(frame).getBytes(StandardCharsets.UTF_8);
    }

    private byte[] connect(DeviceConnect frame) {
        String type = name(frame.getDevice().getType().name());
        String platform = name(frame.getDevice().getPlatform().name());
        String format = dialect.format.subprotocol();
        boolean clean = !frame.hasCursor() && !frame.getStoredCursor();
        Body properties = null;
        String userName = null;
        if (dialect.five) {
            properties = MqttSocket.body();
            if (dialect.receiveMaximum > 0) {
                properties.one(0x21).two(dialect.receiveMaximum);
            }
            properties
                    .userProperty("type", type)
                    .userProperty("platform", platform)
                    .userProperty("format", format);
        } else {
            userName = "anybody?type=%s&platform=%s&format=%s".formatted(type, platform, format);
        }
        return MqttSocket.connect(
                properties,
                frame.getDevice().getId(),
                userName,
                frame.getToken(),
                clean,
                KEEP_ALIVE_S);
    }

    private static String name(String value) {
        return value.replaceFirst("^(DEVICE_TYPE|PLATFORM)_", "").toLowerCase(Locale.ROOT);
    }

    private void acknowledge(com.google.protobuf.ByteString position) {
        synchronized (unacknowledged) {
            if (unacknowledged.stream().noneMatch(each -> each.position.equals(position))) {
                return;
            }
            @Nullable Unacknowledged next;
            do {
                next = unacknowledged.remove();
                write(MqttSocket.pubAck(next.packetId));
            } while (!next.position.equals(position));
        }
    }

    private void publish(String topic, byte[] payload) {
        Body properties = dialect.five ? MqttSocket.body() : null;
        write(MqttSocket.publish(properties, topic, packetId(), false, payload));
    }

    private void write(byte[] bytes) {
        try {
            socket.write(bytes);
        } catch (IOException e) {
            close();
        }
    }
}
