package dev.bocau.bench.subject.mosquitto;

import dev.bocau.bench.subject.Device;
import dev.bocau.bench.subject.Link;
import dev.bocau.bench.subject.Subject.Ear;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A device that speaks MQTT 5 with QoS 1.
final class MqttDevice extends Device {
    private static final int PACKET_IDS = 65_535;
    private static final int TOPICS_OF_A_PACKET = 200;

    private final String clientId;
    private final List<String> topics;
    private final Ear ear;
    private int lastPacketId;

    MqttDevice(int port, String clientId, List<String> topics, Ear ear) {
        super(port);
        this.clientId = clientId;
        this.topics = topics;
        this.ear = ear;
    }

    @Override
    protected Link open() {
        return new Connection();
    }

    private int nextPacketId() {
        lastPacketId = lastPacketId % PACKET_IDS + 1;
        return lastPacketId;
    }

    private final class Connection extends Link {
        private static final int CONNECT = 0x10;
        private static final int CONNACK = 0x20;
        private static final int PUBLISH = 0x30;
        private static final int PUBLISH_QOS_1 = 0x32;
        private static final int PUBACK = 0x40;
        private static final int SUBSCRIBE = 0x82;
        private static final int SUBACK = 0x90;
        private static final int DISCONNECT = 0xe0;
        private static final int QOS_1_NOT_OWN = 0x05;
        private static final int FIRST_FAILURE = 0x80;

        private int unanswered;

        Connection() {
            super(ear);
        }

        /// A session that goes on where it was and never expires; so many messages may be on their
        /// way at once as the broker likes; no keep-alive.
        @Override
        public void channelActive(ChannelHandlerContext active) {
            ByteBuf body = active.alloc().ioBuffer();
            string(body, "MQTT");
            body.writeByte(5).writeByte(0).writeShort(0);
            body.writeByte(8).writeByte(0x11).writeInt(-1).writeByte(0x21).writeShort(PACKET_IDS);
            string(body, clientId);
            packet(CONNECT, body);
        }

        private static void string(ByteBuf body, String text) {
            body.writeShort(text.length()).writeCharSequence(text, StandardCharsets.US_ASCII);
        }

        private void packet(int type, ByteBuf body) {
            ByteBuf packet = context().alloc().ioBuffer(5 + body.readableBytes()).writeByte(type);
            int left = body.readableBytes();
            while (left > 0x7f) {
                packet.writeByte((left & 0x7f) | 0x80);
                left >>= 7;
            }
            packet.writeByte(left).writeBytes(body);
            body.release();
            write(packet);
        }

        @Override
        protected void decode(ChannelHandlerContext here, ByteBuf in, List<Object> out) {
            while (next(in)) {}
        }

        private boolean next(ByteBuf in) {
            in.markReaderIndex();
            if (in.readableBytes() < 2) {
                return false;
            }
            int type = in.readUnsignedByte();
            int length = number(in);
            if (length < 0 || in.readableBytes() < length) {
                in.resetReaderIndex();
                return false;
            }
            ByteBuf body = in.readSlice(length);
            switch (type & 0xf0) {
                case CONNACK -> connected(body);
                case SUBACK -> subscribed(body);
                case PUBACK -> confirmed(body);
                case PUBLISH -> heard(type, body);
                case DISCONNECT -> fail("disconnected: " + ByteBufUtil.hexDump(body));
                default -> {}
            }
            return true;
        }

        /// A number of variable length, or -1 if it is not whole yet.
        private static int number(ByteBuf in) {
            int number = 0;
            for (int shift = 0; in.isReadable(); shift += 7) {
                int next = in.readUnsignedByte();
                number |= (next & 0x7f) << shift;
                if (next < 0x80) {
                    return number;
                }
            }
            return -1;
        }

        private void connected(ByteBuf body) {
            boolean known = body.readByte() == 1;
            int reason = body.readUnsignedByte();
            if (reason != 0) {
                fail("refused with " + reason);
            } else if (known || topics.isEmpty()) {
                ready();
            } else {
                for (int i = 0; i < topics.size(); i += TOPICS_OF_A_PACKET) {
                    int end = Math.min(topics.size(), i + TOPICS_OF_A_PACKET);
                    subscribe(topics.subList(i, end));
                }
            }
        }

        private void subscribe(List<String> some) {
            ByteBuf body = context().alloc().ioBuffer().writeShort(nextPacketId()).writeByte(0);
            for (String topic : some) {
                string(body, topic);
                body.writeByte(QOS_1_NOT_OWN);
            }
            unanswered++;
            packet(SUBSCRIBE, body);
        }

        private void subscribed(ByteBuf body) {
            body.skipBytes(2);
            body.skipBytes(number(body));
            while (body.isReadable()) {
                int reason = body.readUnsignedByte();
                if (reason >= FIRST_FAILURE) {
                    fail("not subscribed: " + reason);
                }
            }
            unanswered--;
            if (unanswered == 0) {
                ready();
            }
        }

        private void confirmed(ByteBuf body) {
            body.skipBytes(2);
            int reason = body.isReadable() ? body.readUnsignedByte() : 0;
            if (reason >= FIRST_FAILURE) {
                ear.refused("not published: " + reason);
            } else {
                ear.confirmed();
            }
        }

        private void heard(int type, ByteBuf body) {
            String topic =
                    body.readCharSequence(body.readUnsignedShort(), StandardCharsets.US_ASCII)
                            .toString();
            if ((type & 0x06) != 0) {
                ByteBuf answer = context().alloc().ioBuffer(2);
                packet(PUBACK, answer.writeShort(body.readUnsignedShort()));
            }
            body.skipBytes(number(body));
            ear.heard(topic, body.toString(StandardCharsets.US_ASCII));
        }

        @Override
        protected void farewell() {
            packet(DISCONNECT, context().alloc().ioBuffer(0));
        }

        @Override
        protected void send(String conversation, String content) {
            ByteBuf body = context().alloc().ioBuffer();
            string(body, conversation);
            body.writeShort(nextPacketId()).writeByte(0);
            body.writeCharSequence(content, StandardCharsets.US_ASCII);
            packet(PUBLISH_QOS_1, body);
        }
    }
}
