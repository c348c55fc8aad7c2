package dev.bocau.gateway.mqtt;

import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.Refusal;
import dev.bocau.protocol.DeviceConnected;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnAckVariableHeader;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttReasonCodes.Disconnect;
import io.netty.handler.codec.mqtt.MqttReasonCodes.PubAck;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttSubAckPayload;
import io.netty.handler.codec.mqtt.MqttUnsubAckMessage;
import io.netty.handler.codec.mqtt.MqttUnsubAckPayload;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Makes the packets that the server sends. Those of 3.1.1 are the same without properties, which
/// the codec leaves away.
final class Packets {
    /// A PUBLISH takes no more than this beside its correlation data and its payload: header and
    /// length, topic, packet id, length of properties, property and its length.
    static final int MAX_PUBLISH_HEADER_BYTES = 5 + 2 + Topics.INBOX.length() + 2 + 2 + 3;

    private static final int REASON_CHARS = 200;
    private static final byte[] INBOX = Topics.INBOX.getBytes(StandardCharsets.US_ASCII);
    private static final int PUBLISH = MqttMessageType.PUBLISH.value() << 4;
    private static final int AT_LEAST_ONCE = MqttQoS.AT_LEAST_ONCE.value() << 1;

    private Packets() {}

    static int number(MqttProperties properties, int property, int absent) {
        return properties.getProperty(property) instanceof MqttProperties.IntegerProperty told
                ? told.value()
                : absent;
    }

    private static MqttFixedHeader header(MqttMessageType type) {
        return new MqttFixedHeader(type, false, MqttQoS.AT_MOST_ONCE, false, 0);
    }

    private static void add(MqttProperties properties, int property, int value) {
        properties.add(new MqttProperties.IntegerProperty(property, value));
    }

    private static void add(MqttProperties properties, int property, String value) {
        properties.add(new MqttProperties.StringProperty(property, value));
    }

    /// A reason may quote what a client has sent, and MQTT has no room for control characters.
    private static String inWords(String reason) {
        String text = reason.replaceAll("\\p{Cntrl}", "?");
        return text.substring(0, Math.min(text.length(), REASON_CHARS));
    }

    /// The code and the reason of a refusal, as MQTT 5 has room for them.
    private static MqttProperties told(Refusal refusal) {
        MqttProperties properties = new MqttProperties();
        add(properties, MqttProperties.REASON_STRING, inWords(refusal.reason()));
        MqttProperties.UserProperties more = new MqttProperties.UserProperties();
        more.add("code", Integer.toString(refusal.code().number()));
        if (refusal.retryAfterMs() > 0) {
            more.add("retryAfterMs", Long.toString(refusal.retryAfterMs()));
        }
        properties.add(more);
        return properties;
    }

    static MqttMessage connected(
            ConnectRequest asked, DeviceConnected granted, boolean present, Limits limits) {
        MqttProperties told = new MqttProperties();
        long keptS = TimeUnit.DAYS.toSeconds(limits.logDays());
        if (asked.sessionExpiryS() > keptS) {
            add(told, MqttProperties.SESSION_EXPIRY_INTERVAL, (int) keptS);
        }
        add(told, MqttProperties.RECEIVE_MAXIMUM, limits.inboxFrames());
        add(told, MqttProperties.MAXIMUM_QOS, MqttQoS.AT_LEAST_ONCE.value());
        add(told, MqttProperties.RETAIN_AVAILABLE, 0);
        add(told, MqttProperties.MAXIMUM_PACKET_SIZE, limits.frameBytes());
        add(told, MqttProperties.WILDCARD_SUBSCRIPTION_AVAILABLE, 0);
        add(told, MqttProperties.SUBSCRIPTION_IDENTIFIER_AVAILABLE, 0);
        add(told, MqttProperties.SHARED_SUBSCRIPTION_AVAILABLE, 0);
        int keepAliveS = asked.otherKeepAliveS(granted.getHeartbeatMs());
        if (keepAliveS > 0) {
            add(told, MqttProperties.SERVER_KEEP_ALIVE, keepAliveS);
        }
        if (asked.wantsInbox()) {
            add(told, MqttProperties.RESPONSE_INFORMATION, Topics.INBOX);
        }
        return new MqttConnAckMessage(
                header(MqttMessageType.CONNACK),
                new MqttConnAckVariableHeader(
                        MqttConnectReturnCode.CONNECTION_ACCEPTED, present, told));
    }

    /// @param five whether the client speaks MQTT 5
    static MqttMessage notConnected(boolean five, MqttConnectReturnCode code, String reason) {
        MqttProperties told = new MqttProperties();
        add(told, MqttProperties.REASON_STRING, reason);
        return new MqttConnAckMessage(
                header(MqttMessageType.CONNACK),
                new MqttConnAckVariableHeader(five ? code : Reasons.before5(code), false, told));
    }

    /// @param five whether the client speaks MQTT 5
    static MqttMessage notConnected(boolean five, Refusal refusal) {
        MqttConnectReturnCode code = Reasons.connAck(refusal.code());
        return new MqttConnAckMessage(
                header(MqttMessageType.CONNACK),
                new MqttConnAckVariableHeader(
                        five ? code : Reasons.before5(code), false, told(refusal)));
    }

    static MqttMessage pubAck(int packetId) {
        return pubAck(packetId, PubAck.SUCCESS, MqttProperties.NO_PROPERTIES);
    }

    /// @param inWords whether to say more than the reason code
    static MqttMessage pubAck(int packetId, PubAck reason, Refusal refusal, boolean inWords) {
        return pubAck(packetId, reason, inWords ? told(refusal) : MqttProperties.NO_PROPERTIES);
    }

    private static MqttMessage pubAck(int packetId, PubAck reason, MqttProperties properties) {
        return new MqttMessage(
                header(MqttMessageType.PUBACK),
                new MqttPubReplyMessageVariableHeader(packetId, reason.byteValue(), properties));
    }

    /// @param reasons one for each filter that was asked for
    static MqttMessage subAck(int packetId, List<Integer> reasons) {
        return new MqttSubAckMessage(
                header(MqttMessageType.SUBACK),
                new MqttMessageIdAndPropertiesVariableHeader(
                        packetId, MqttProperties.NO_PROPERTIES),
                new MqttSubAckPayload(reasons));
    }

    /// @param reasons one for each filter that was given up
    static MqttMessage unsubAck(int packetId, List<Short> reasons) {
        return new MqttUnsubAckMessage(
                header(MqttMessageType.UNSUBACK),
                new MqttMessageIdAndPropertiesVariableHeader(
                        packetId, MqttProperties.NO_PROPERTIES),
                new MqttUnsubAckPayload(reasons));
    }

    static MqttMessage disconnect(Disconnect reason, Code code, String inWords) {
        return new MqttMessage(
                header(MqttMessageType.DISCONNECT),
                new MqttReasonCodeAndPropertiesVariableHeader(
                        reason.byteValue(), told(Refusal.of(code, inWords))));
    }

    /// Writes a PUBLISH to the inbox.
    ///
    /// @param packetId 0: at QoS 0, without one
    /// @param correlation empty: none
    static void publish(
            ByteBuf out,
            boolean five,
            int packetId,
            byte[] correlation,
            byte[] envelope,
            byte[] body) {
        int properties = correlation.length == 0 ? 0 : 3 + correlation.length;
        int length = 2 + INBOX.length + envelope.length + body.length;
        if (packetId > 0) {
            length += 2;
        }
        if (five) {
            length += (properties < 0x80 ? 1 : 2) + properties;
        }
        out.writeByte(packetId > 0 ? PUBLISH | AT_LEAST_ONCE : PUBLISH);
        writeVarint(out, length);
        out.writeShort(INBOX.length).writeBytes(INBOX);
        if (packetId > 0) {
            out.writeShort(packetId);
        }
        if (five) {
            writeVarint(out, properties);
            if (properties > 0) {
                out.writeByte(MqttProperties.CORRELATION_DATA)
                        .writeShort(correlation.length)
                        .writeBytes(correlation);
            }
        }
        out.writeBytes(envelope).writeBytes(body);
    }

    private static void writeVarint(ByteBuf out, int value) {
        int rest = value;
        while (rest >= 0x80) {
            out.writeByte(rest | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }
}
