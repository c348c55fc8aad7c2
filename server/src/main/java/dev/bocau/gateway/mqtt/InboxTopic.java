package dev.bocau.gateway.mqtt;

import dev.bocau.model.Code;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttReasonCodes.Disconnect;
import io.netty.handler.codec.mqtt.MqttReasonCodes.SubAck;
import io.netty.handler.codec.mqtt.MqttReasonCodes.UnsubAck;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A device's inbox: whether it is subscribed to, and what was published to it. For one thread, but
/// for the window.
final class InboxTopic {
    private final boolean five;
    private final int receiveMaximum;
    private final long maxPacketBytes;
    private final Deliveries deliveries;
    private volatile int window;

    /// @param receiveMaximum packets that the device takes ahead of its acknowledgements
    /// @param maxPacketBytes of the packets that it takes
    /// @param seed where packet ids begin
    InboxTopic(boolean five, int receiveMaximum, long maxPacketBytes, int seed) {
        this.five = five;
        this.receiveMaximum = receiveMaximum;
        this.maxPacketBytes = maxPacketBytes;
        this.deliveries = new Deliveries(seed);
    }

    /// Packets that may be sent ahead of the device's acknowledgements; 0: it has not subscribed.
    int window() {
        return window;
    }

    boolean isOpen() {
        return window > 0;
    }

    /// The device is subscribed from here on.
    void open() {
        window = receiveMaximum;
    }

    /// What a device is told that asks for subscriptions.
    ///
    /// @param granted whether the inbox is among them
    record Subscribed(MqttMessage answer, boolean granted) {}

    /// Looks whether the device may subscribe to what it asks for.
    Subscribed subscribe(MqttSubscribeMessage packet) throws Violation {
        MqttMessageIdAndPropertiesVariableHeader header = packet.idAndPropertiesVariableHeader();
        List<MqttTopicSubscription> filters = packet.payload().topicSubscriptions();
        if (header.properties().getProperty(MqttProperties.SUBSCRIPTION_IDENTIFIER) != null) {
            throw new Violation(
                    Disconnect.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED,
                    "there are no subscription identifiers");
        }
        if (filters.isEmpty()) {
            throw new Violation(Disconnect.PROTOCOL_ERROR, "a subscription to nothing");
        }
        List<SubAck> reasons = filters.stream().map(Topics::subscribe).toList();
        return new Subscribed(
                Packets.subAck(header.messageId(), reasons.stream().map(this::number).toList()),
                reasons.contains(SubAck.GRANTED_QOS_1));
    }

    private int number(SubAck reason) {
        boolean known = five || reason == SubAck.GRANTED_QOS_1;
        return Byte.toUnsignedInt((known ? reason : SubAck.UNSPECIFIED_ERROR).byteValue());
    }

    /// Ends subscriptions, and makes the answer.
    MqttMessage unsubscribe(MqttUnsubscribeMessage packet) throws Violation {
        if (packet.payload().topics().isEmpty()) {
            throw new Violation(Disconnect.PROTOCOL_ERROR, "a subscription to nothing");
        }
        List<Short> reasons = new ArrayList<>();
        for (String filter : packet.payload().topics()) {
            boolean known = isOpen() && filter.equals(Topics.INBOX);
            UnsubAck reason = known ? UnsubAck.SUCCESS : UnsubAck.NO_SUBSCRIPTION_EXISTED;
            reasons.add((short) reason.byteValue());
            if (known) {
                window = 0;
            }
        }
        return Packets.unsubAck(packet.idAndPropertiesVariableHeader().messageId(), reasons);
    }

    /// Frames that move the device go at QoS 1 and are acknowledged; answers need no more than the
    /// connection on which they were asked for.
    ///
    /// @param correlation empty: none
    /// @return the packet; empty if there is nobody to send it to
    Optional<ByteBuf> publish(
            Outgoing.Delivery delivery, byte[] correlation, ByteBufAllocator buffers)
            throws Violation {
        boolean moves = delivery.position().length > 0;
        // What moves the device is in its window already: it comes also to one that has just
        // unsubscribed.
        if (!moves && !isOpen()) {
            return Optional.empty();
        }
        int most = Packets.MAX_PUBLISH_HEADER_BYTES + correlation.length + delivery.bytes();
        if (most > maxPacketBytes) {
            throw new Violation(
                    Disconnect.PACKET_TOO_LARGE,
                    Code.FRAME_TOO_LARGE,
                    "the client takes no packet of %,d bytes".formatted(most));
        }
        int packetId = moves ? deliveries.add(delivery.position()) : 0;
        ByteBuf out = buffers.ioBuffer(most);
        Packets.publish(out, five, packetId, correlation, delivery.envelope(), delivery.body());
        return Optional.of(out);
    }

    /// The device has acknowledged a packet.
    ///
    /// @return whether there is such a packet
    boolean acknowledge(int packetId) {
        return deliveries.acknowledge(packetId);
    }

    /// The position that the device has reached since this was asked last.
    Optional<byte[]> takeAcknowledged() {
        return deliveries.takeAcknowledged();
    }
}
