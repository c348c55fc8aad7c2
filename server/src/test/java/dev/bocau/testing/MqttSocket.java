package dev.bocau.testing;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A socket on which a test speaks MQTT packet by packet, and wrongly if it wants to.
public final class MqttSocket implements Closeable {
    public static final int CONNECT = 1;
    public static final int CONNACK = 2;
    public static final int PUBLISH = 3;
    public static final int PUBACK = 4;
    public static final int PUBREC = 5;
    public static final int PUBREL = 6;
    public static final int SUBSCRIBE = 8;
    public static final int SUBACK = 9;
    public static final int UNSUBSCRIBE = 10;
    public static final int UNSUBACK = 11;
    public static final int PINGREQ = 12;
    public static final int PINGRESP = 13;
    public static final int DISCONNECT = 14;
    public static final int AUTH = 15;

    private static final int PATIENCE_MS = 10_000;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    public MqttSocket(int port) throws IOException {
        this(port, PATIENCE_MS);
    }

    /// @param patienceMs how long reading waits; 0: for ever
    public MqttSocket(int port, int patienceMs) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(patienceMs);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /// A packet, and what is common to its kinds.
    public record Packet(int type, int flags, byte[] body) {
        /// Bytes after the fixed header, to read on.
        public ByteBuffer buffer() {
            return ByteBuffer.wrap(body);
        }

        public int qos() {
            return flags >> 1 & 3;
        }

        /// Of a PUBACK, SUBACK or UNSUBACK.
        public int packetId() {
            return buffer().getShort() & 0xffff;
        }

        /// Of a CONNACK, a PUBACK or a DISCONNECT of MQTT 5, or a CONNACK of 3.1.1.
        public int reason() {
            return switch (type) {
                case CONNACK -> body[1] & 0xff;
                case PUBACK -> body.length < 3 ? 0 : body[2] & 0xff;
                case DISCONNECT -> body.length == 0 ? 0 : body[0] & 0xff;
                default -> throw new AssertionError("no reason in a packet of type " + type);
            };
        }

        /// Of the same packets in MQTT 5: properties by their number, user properties by their
        /// name.
        public Map<String, Object> properties() {
            int at =
                    switch (type) {
                        case CONNACK -> 2;
                        case PUBACK -> 3;
                        case DISCONNECT -> 1;
                        default -> throw new AssertionError("type " + type);
                    };
            return at >= body.length ? Map.of() : properties(buffer().position(at));
        }

        private static Map<String, Object> properties(ByteBuffer from) {
            Map<String, Object> found = new HashMap<>();
            int length = varint(from);
            int end = from.position() + length;
            while (from.position() < end) {
                int id = from.get();
                switch (id) {
                    case 0x24, 0x25, 0x28, 0x29, 0x2a -> found.put(hex(id), (int) from.get());
                    case 0x13, 0x21, 0x22 -> found.put(hex(id), from.getShort() & 0xffff);
                    case 0x11, 0x27 -> found.put(hex(id), from.getInt());
                    case 0x1a, 0x1f, 0x09 -> found.put(hex(id), text(from));
                    case 0x26 -> found.put(text(from), text(from));
                    default -> throw new AssertionError("property " + id);
                }
            }
            return found;
        }

        private static String hex(int id) {
            return "%02x".formatted(id);
        }
    }

    /// A PUBLISH of the server, taken apart.
    public record Published(
            String topic, int packetId, Map<String, Object> properties, byte[] payload) {
        public static Published of(Packet packet, boolean five) {
            ByteBuffer from = packet.buffer();
            String topic = text(from);
            int id = packet.qos() > 0 ? from.getShort() & 0xffff : 0;
            Map<String, Object> properties = five ? Packet.properties(from) : Map.of();
            byte[] payload = new byte[from.remaining()];
            from.get(payload);
            return new Published(topic, id, properties, payload);
        }
    }

    private static int varint(ByteBuffer from) {
        int value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = from.get();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private static String text(ByteBuffer from) {
        byte[] bytes = new byte[from.getShort() & 0xffff];
        from.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    // ------------------------------------------------------------------------------------------------------- packets

    /// The body of a packet, written piece by piece.
    public static final class Body {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        public Body one(int value) {
            bytes.write(value);
            return this;
        }

        public Body two(int value) {
            return one(value >> 8).one(value);
        }

        public Body four(long value) {
            return two((int) (value >> 16)).two((int) value);
        }

        public Body text(String value) {
            return data(value.getBytes(StandardCharsets.UTF_8));
        }

        public Body data(byte[] value) {
            return two(value.length).raw(value);
        }

        public Body raw(byte[] value) {
            bytes.writeBytes(value);
            return this;
        }

        /// Properties with their length in front.
        public Body properties(Body properties) {
            int length = properties.bytes.size();
            while (length >= 0x80) {
                one(length | 0x80);
                length >>= 7;
            }
            return one(length).raw(properties.bytes.toByteArray());
        }

        public Body userProperty(String name, String value) {
            return one(0x26).text(name).text(value);
        }

        /// The packet.
        public byte[] packet(int type, int flags) {
            Body whole = new Body().one(type << 4 | flags);
            whole.properties(this);
            return whole.bytes.toByteArray();
        }
    }

    public static Body body() {
        return new Body();
    }

    /// CONNECT with a client id, a token and what is usual.
    ///
    /// @param properties null: MQTT 3.1.1
    /// @param userName null: none
    public static byte[] connect(
            @Nullable Body properties,
            String clientId,
            @Nullable String userName,
            String token,
            boolean clean,
            int keepAliveS) {
        Body body = body().text("MQTT").one(properties == null ? 4 : 5);
        body.one((userName == null ? 0 : 0x80) | 0x40 | (clean ? 2 : 0)).two(keepAliveS);
        if (properties != null) {
            body.properties(properties);
        }
        body.text(clientId);
        if (userName != null) {
            body.text(userName);
        }
        return body.text(token).packet(CONNECT, 0);
    }

    /// PUBLISH.
    ///
    /// @param properties null: MQTT 3.1.1
    /// @param packetId 0: at QoS 0
    public static byte[] publish(
            @Nullable Body properties, String topic, int packetId, boolean again, byte[] payload) {
        Body body = body().text(topic);
        if (packetId > 0) {
            body.two(packetId);
        }
        if (properties != null) {
            body.properties(properties);
        }
        return body.raw(payload).packet(PUBLISH, (again ? 8 : 0) | (packetId > 0 ? 2 : 0));
    }

    public static byte[] pubAck(int packetId) {
        return body().two(packetId).packet(PUBACK, 0);
    }

    public static byte[] subscribe(boolean five, int packetId, String filter, int qos) {
        Body body = body().two(packetId);
        if (five) {
            body.properties(body());
        }
        return body.text(filter).one(qos).packet(SUBSCRIBE, 2);
    }

    // ------------------------------------------------------------------------------------------------------- talking

    public synchronized void write(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /// The next packet.
    ///
    /// @throws IOException if the connection has ended
    public Packet read() throws IOException {
        int first = in.readUnsignedByte();
        int length = 0;
        for (int shift = 0; ; shift += 7) {
            int next = in.readUnsignedByte();
            length |= (next & 0x7f) << shift;
            if (next < 0x80) {
                break;
            }
        }
        byte[] body = new byte[length];
        in.readFully(body);
        return new Packet(first >> 4, first & 0xf, body);
    }

    /// The next packet of a type; others are passed over.
    public Packet read(int type) throws IOException {
        Packet packet = read();
        while (packet.type() != type) {
            packet = read();
        }
        return packet;
    }

    /// Whether the other side ends the connection, after whatever it still says.
    public boolean isEnded() {
        try {
            while (true) {
                read();
            }
        } catch (SocketTimeoutException stillOpen) {
            return false;
        } catch (IOException ended) {
            return true;
        }
    }

    /// Says no more; what the other side says can still be read.
    public void finish() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
