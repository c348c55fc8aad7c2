package dev.bocau.bench.wire;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// MQTT 5: the inbox at QoS 1, and messages published to their conversation.
final class MqttWire extends Wire {
    private static final int CONNACK = 2;
    private static final int PUBLISH = 3;
    private static final int DISCONNECT = 14;
    private static final byte[] PINGREQ = {(byte) 0xc0, 0};

    /// A heartbeat of 30 s is three quarters of it.
    private static final int KEEP_ALIVE_S = 40;

    private final Encoding encoding;
    private final Installation device;
    private final Plug plug;
    private final List<byte[]> unacknowledged = new ArrayList<>();
    private int lastPacketId;

    MqttWire(int port, Encoding encoding, Installation device) throws IOException {
        this.encoding = encoding;
        this.device = device;
        plug = new Plug(port, meter());
    }

    /// Bytes of a packet, written piece by piece.
    private static final class Body {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Body one(int value) {
            bytes.write(value);
            return this;
        }

        Body two(int value) {
            return one(value >> 8).one(value);
        }

        Body text(String value) {
            byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
            return two(utf8.length).raw(utf8);
        }

        Body raw(byte[] value) {
            bytes.writeBytes(value);
            return this;
        }

        /// With its length in front.
        Body measured(Body part) {
            int left = part.bytes.size();
            for (; left >= 0x80; left >>= 7) {
                one(left | 0x80);
            }
            return one(left).raw(part.bytes.toByteArray());
        }

        byte[] packet(int typeAndFlags) {
            return new Body().one(typeAndFlags).measured(this).bytes.toByteArray();
        }
    }

    private Body packetId() {
        lastPacketId++;
        return new Body().two(lastPacketId);
    }

    @Override
    public void introduce() throws IOException {
        boolean clean = device.position().isEmpty();
        Body properties = new Body();
        if (encoding == Encoding.PROTO) {
            properties.one(0x26).text("format").text(encoding.subprotocol());
        }
        Body connect =
                new Body()
                        .text("MQTT")
                        .one(5)
                        .one(0x40 | (clean ? 2 : 0))
                        .two(KEEP_ALIVE_S)
                        .measured(properties)
                        .text(device.id())
                        .text(device.token());
        plug.write(connect.packet(0x10));
        boolean present = packet(CONNACK)[0] == 1;
        if (!present) {
            plug.write(packetId().one(0).text("inbox").one(1).packet(0x82));
        }
    }

    @Override
    public void send(String conversation, String localId, String content) throws IOException {
        publish("conversations/" + conversation, encoding.message(localId, content));
    }

    @Override
    public void markRead(String conversation, long seq) throws IOException {
        publish("frames", encoding.markRead(conversation, seq));
    }

    private void publish(String topic, byte[] payload) throws IOException {
        Body publish = new Body().text(topic).raw(packetId().bytes.toByteArray()).one(0);
        plug.write(publish.raw(payload).packet(0x32));
    }

    @Override
    public void acknowledge() throws IOException {
        for (byte[] packetId : unacknowledged) {
            plug.write(new Body().raw(packetId).packet(0x40));
        }
        unacknowledged.clear();
    }

    /// The body of the next packet of a type; others, such as confirmations, are passed over.
    private byte[] packet(int type) throws IOException {
        while (true) {
            int first = plug.read();
            byte[] body = plug.read(plug.readVarint());
            if (first >> 4 == type) {
                return first >> 4 == PUBLISH ? payload(first, body) : body;
            }
            if (first >> 4 == DISCONNECT) {
                throw new IOException("disconnected: " + Arrays.toString(body));
            }
        }
    }

    /// Of a publication, which is noted to be acknowledged.
    private byte[] payload(int first, byte[] body) {
        ByteBuffer in = ByteBuffer.wrap(body);
        in.position(2 + in.getShort());
        if ((first & 0x06) != 0) {
            byte[] packetId = new byte[2];
            in.get(packetId);
            unacknowledged.add(packetId);
        }
        int properties = in.get();
        in.position(in.position() + properties);
        return Arrays.copyOfRange(body, in.position(), body.length);
    }

    @Override
    String next() throws IOException {
        Encoding.Heard heard = encoding.heard(packet(PUBLISH));
        ByteString position = heard.position();
        if (!position.isEmpty()) {
            device.reached(position);
        }
        return heard.type();
    }

    /// In MQTT the client asks.
    @Override
    public void beat() throws IOException {
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(KEEP_ALIVE_S));
        plug.write(PINGREQ);
        packet(13);
    }

    @Override
    public void close() throws IOException {
        plug.close();
    }
}
