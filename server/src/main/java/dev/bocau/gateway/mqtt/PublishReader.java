package dev.bocau.gateway.mqtt;

import dev.bocau.frame.About;
import dev.bocau.frame.Incoming;
import dev.bocau.frame.WireFormat;
import dev.bocau.model.Code;
import dev.bocau.model.Id;
import dev.bocau.model.Refusal;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttReasonCodes.PubAck;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Makes frames of what clients publish.
final class PublishReader {
    private PublishReader() {}

    /// What was published.
    ///
    /// @param correlated whether the client wants to know answers by the localId
    /// @param refusedAs a reason of MQTT's own, if it is refused; null: that of the code
    record Published(Incoming incoming, boolean correlated, @Nullable PubAck refusedAs) {}

    /// A publication that is none of ours.
    private static final class Misplaced extends Exception {
        private static final long serialVersionUID = 1;

        private final PubAck refusedAs;

        Misplaced(PubAck refusedAs, String reason) {
            super(reason, null, false, false);
            this.refusedAs = refusedAs;
        }
    }

    /// @param format of payloads that do not say what they are
    /// @param unnamed a localId for a message that has none
    static Published read(MqttPublishMessage packet, WireFormat format, Supplier<String> unnamed) {
        String topic = packet.variableHeader().topicName();
        MqttProperties properties = packet.variableHeader().properties();
        try {
            String named = correlation(properties);
            checkResponseTopic(properties);
            WireFormat said = format(properties).orElse(format);
            byte[] payload = ByteBufUtil.getBytes(packet.payload());
            return new Published(
                    read(topic, payload, said, named, unnamed), !named.isEmpty(), null);
        } catch (Misplaced misplaced) {
            Refusal refusal =
                    Refusal.of(
                            misplaced.refusedAs == PubAck.TOPIC_NAME_INVALID
                                    ? Code.UNKNOWN_TYPE
                                    : Code.INVALID_FIELD,
                            String.valueOf(misplaced.getMessage()));
            return new Published(
                    new Incoming.Unreadable(refusal, About.NOTHING), false, misplaced.refusedAs);
        }
    }

    private static Incoming read(
            String topic, byte[] payload, WireFormat format, String named, Supplier<String> unnamed)
            throws Misplaced {
        if (topic.startsWith(Topics.CONVERSATIONS)) {
            String conversation = topic.substring(Topics.CONVERSATIONS.length());
            return format.readMessage(payload, conversation, named, unnamed);
        }
        if (!topic.equals(Topics.FRAMES)) {
            throw new Misplaced(
                    PubAck.TOPIC_NAME_INVALID,
                    "there is nothing to publish to but conversations/ID and frames");
        }
        Incoming read = format.read(payload);
        if (read instanceof Incoming.Frame(var frame) && frame.hasAck()) {
            return new Incoming.Unreadable(
                    Refusal.of(Code.UNKNOWN_TYPE, "PUBACK is the acknowledgement"),
                    About.of(frame));
        }
        return read;
    }

    private static String correlation(MqttProperties properties) throws Misplaced {
        if (properties.getProperty(MqttProperties.CORRELATION_DATA)
                instanceof MqttProperties.BinaryProperty data) {
            String name = new String(data.value(), StandardCharsets.UTF_8);
            if (!Id.wellFormed(name)) {
                throw new Misplaced(
                        PubAck.PAYLOAD_FORMAT_INVALID,
                        "correlation data is a localId: 1 to 128 characters of A-Z a-z 0-9 . _ : @ -");
            }
            return name;
        }
        return "";
    }

    private static void checkResponseTopic(MqttProperties properties) throws Misplaced {
        if (properties.getProperty(MqttProperties.RESPONSE_TOPIC)
                        instanceof MqttProperties.StringProperty topic
                && !topic.value().equals(Topics.INBOX)) {
            throw new Misplaced(PubAck.TOPIC_NAME_INVALID, "responses come to inbox");
        }
    }

    private static Optional<WireFormat> format(MqttProperties properties) throws Misplaced {
        if (properties.getProperty(MqttProperties.CONTENT_TYPE)
                instanceof MqttProperties.StringProperty type) {
            return Optional.of(
                    switch (type.value()) {
                        case "application/json" -> WireFormat.JSON;
                        case "application/protobuf", "application/x-protobuf" -> WireFormat.PROTO;
                        default ->
                                throw new Misplaced(
                                        PubAck.PAYLOAD_FORMAT_INVALID,
                                        "the content type is to be application/json or application/protobuf");
                    });
        }
        return Optional.empty();
    }
}
