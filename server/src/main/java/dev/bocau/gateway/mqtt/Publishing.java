package dev.bocau.gateway.mqtt;

import dev.bocau.frame.WireFormat;
import dev.bocau.model.Code;
import dev.bocau.model.Refusal;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.session.Session;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodes.Disconnect;
import io.netty.handler.codec.mqtt.MqttReasonCodes.PubAck;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// What a device publishes: handed to its session as frames, and confirmed once it is done. For one
/// thread.
final class Publishing {
    private static final byte[] NONE = {};

    private final Session session;
    private final Consumer<Outgoing.Confirmation> handled;
    private final WireFormat format;
    private final boolean five;
    private final int receiveMaximum;
    private final boolean inWords;
    private final String device;
    private final UnnamedMessages unnamed;
    private final Publishes waiting = new Publishes();
    private long named;
    private boolean correlated;

    /// @param handled told, by any thread, what is done
    /// @param receiveMaximum packets that wait for their confirmation; a client of MQTT 5 was told
    /// @param inWords whether refusals may say more than their reason code
    /// @param device with its user
    Publishing(
            Session session,
            Consumer<Outgoing.Confirmation> handled,
            WireFormat format,
            boolean five,
            int receiveMaximum,
            boolean inWords,
            String device,
            UnnamedMessages unnamed) {
        this.session = session;
        this.handled = handled;
        this.format = format;
        this.five = five;
        this.receiveMaximum = receiveMaximum;
        this.inWords = inWords;
        this.device = device;
        this.unnamed = unnamed;
    }

    /// Something has come.
    void take(MqttPublishMessage packet) throws Violation {
        MqttQoS qos = packet.fixedHeader().qosLevel();
        if (qos == MqttQoS.EXACTLY_ONCE) {
            throw new Violation(Disconnect.QOS_NOT_SUPPORTED, "QoS 2 is not available");
        }
        if (five && packet.fixedHeader().isRetain()) {
            throw new Violation(Disconnect.RETAIN_NOT_SUPPORTED, "nothing is retained");
        }
        MqttProperties properties = packet.variableHeader().properties();
        if (properties.getProperty(MqttProperties.TOPIC_ALIAS) != null) {
            throw new Violation(Disconnect.TOPIC_ALIAS_INVALID, "there are no topic aliases");
        }
        if (qos == MqttQoS.AT_MOST_ONCE) {
            session.receive(read(packet).incoming());
        } else {
            takeToConfirm(packet);
        }
    }

    private void takeToConfirm(MqttPublishMessage packet) throws Violation {
        if (five && waiting.size() >= receiveMaximum) {
            throw new Violation(
                    Disconnect.RECEIVE_MAXIMUM_EXCEEDED,
                    "more than %d wait for their PUBACK".formatted(receiveMaximum));
        }
        int packetId = packet.variableHeader().packetId();
        Optional<Publishes.Publish> publish = waiting.add(packetId);
        if (publish.isPresent()) {
            PublishReader.Published read = read(packet);
            session.receive(
                    read.incoming(),
                    refusal ->
                            handled.accept(
                                    new Outgoing.Confirmation(
                                            publish.get(),
                                            Optional.ofNullable(read.refusedAs()),
                                            refusal)));
        } else if (!packet.fixedHeader().isDup()) {
            throw new Violation(
                    Disconnect.PROTOCOL_ERROR, "packet %d waits already".formatted(packetId));
        }
    }

    private PublishReader.Published read(MqttPublishMessage packet) {
        PublishReader.Published read = PublishReader.read(packet, format, () -> localId(packet));
        correlated |= read.correlated();
        return read;
    }

    private String localId(MqttPublishMessage packet) {
        Supplier<String> fresh = () -> "mqtt:%s:%d".formatted(session.id(), ++named);
        return packet.fixedHeader().qosLevel() == MqttQoS.AT_MOST_ONCE
                ? fresh.get()
                : unnamed.localId(
                        device,
                        packet.variableHeader().packetId(),
                        packet.fixedHeader().isDup(),
                        fresh);
    }

    /// Something is done.
    ///
    /// @return the confirmations whose turn it is
    List<MqttMessage> confirm(Outgoing.Confirmation done) {
        int packetId = done.publish().packetId();
        if (done.refusal().isEmpty()) {
            return waiting.confirm(done.publish(), Packets.pubAck(packetId));
        }
        Refusal refusal = done.refusal().get();
        if (five) {
            PubAck reason = done.refusedAs().orElseGet(() -> Reasons.pubAck(refusal.code()));
            return waiting.confirm(
                    done.publish(), Packets.pubAck(packetId, reason, refusal, inWords));
        }
        if (refusal.code().action() == Code.Action.RETRY) {
            // A PUBACK of 3.1.1 would say that it is done, and without one nothing is sent again
            // but on another connection.
            session.close(refusal);
            return List.of();
        }
        return waiting.confirm(done.publish(), Packets.pubAck(packetId));
    }

    /// The correlation data of a frame: an answer names what it answers, if the device has used
    /// correlation data itself.
    byte[] correlation(ServerFrame frame) {
        String localId =
                switch (frame.getBodyCase()) {
                    case MESSAGE_RECEIVED -> frame.getMessageReceived().getLocalId();
                    case ERROR -> frame.getError().getLocalId();
                    default -> "";
                };
        return correlated ? localId.getBytes(StandardCharsets.US_ASCII) : NONE;
    }
}
