package dev.bocau.gateway.mqtt;

import dev.bocau.frame.ClientFrames;
import dev.bocau.frame.Incoming;
import dev.bocau.frame.WireFormat;
import dev.bocau.limits.Limits;
import dev.bocau.model.Id;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a client asks for with CONNECT.
///
/// @param clean whether it begins anew, instead of going on from its stored cursor
/// @param keepAliveS 0: it does not promise to say anything
/// @param receiveMaximum packets that it takes ahead of its acknowledgements
/// @param maxPacketBytes of the packets that it takes
/// @param sessionExpiryS for how long it would like to find its session again
/// @param wantsReasons whether refusals may say more than their reason code
/// @param wantsInbox whether it would like to be told where responses go
/// @param said what it says of its device
record ConnectRequest(
        boolean five,
        String deviceId,
        String token,
        boolean clean,
        int keepAliveS,
        int receiveMaximum,
        long maxPacketBytes,
        long sessionExpiryS,
        boolean wantsReasons,
        boolean wantsInbox,
        WireFormat format,
        Map<String, String> said) {

    private static final int MAX_RECEIVE_MAXIMUM = 0xffff;
    private static final long UNSIGNED = 0xffff_ffffL;
    private static final String FORMAT = "format";

    /// So much of the keep alive is a heartbeat, after twice which a session ends: MQTT wants it to
    /// end after one and a half keep alives.
    private static final int HEARTBEAT_MS_PER_KEEP_ALIVE_S = 750;

    /// A client that says nothing of its device is taken for this one.
    private static final Map<String, String> UNSAID =
            Map.of("type", "mobile", "platform", "android");

    /// A request that MQTT itself has a refusal for.
    static final class Unacceptable extends Exception {
        private static final long serialVersionUID = 1;

        private final MqttConnectReturnCode code;

        Unacceptable(MqttConnectReturnCode code, String reason) {
            super(reason, null, false, false);
            this.code = code;
        }

        MqttConnectReturnCode code() {
            return code;
        }
    }

    static Unacceptable unknownVersion() {
        return new Unacceptable(
                MqttConnectReturnCode.CONNECTION_REFUSED_UNSUPPORTED_PROTOCOL_VERSION,
                "MQTT 3.1.1 and 5 are spoken here");
    }

    static ConnectRequest of(MqttConnectMessage packet, Limits limits) throws Unacceptable {
        MqttConnectVariableHeader header = packet.variableHeader();
        MqttProperties properties = header.properties();
        byte[] password = packet.payload().passwordInBytes();
        Map<String, String> said = new HashMap<>(UNSAID);
        // Absent in many packets, whatever the codec's types say.
        String userName = header.hasUserName() ? packet.payload().userName() : "";
        said.putAll(options(userName));
        said.putAll(userProperties(properties));
        ConnectRequest request =
                new ConnectRequest(
                        header.version() == MqttVersion.MQTT_5.protocolLevel(),
                        packet.payload().clientIdentifier(),
                        password == null ? "" : new String(password, StandardCharsets.UTF_8),
                        header.isCleanSession(),
                        header.keepAliveTimeSeconds(),
                        Packets.number(
                                properties, MqttProperties.RECEIVE_MAXIMUM, MAX_RECEIVE_MAXIMUM),
                        unsigned(properties, MqttProperties.MAXIMUM_PACKET_SIZE, UNSIGNED),
                        unsigned(properties, MqttProperties.SESSION_EXPIRY_INTERVAL, 0),
                        Packets.number(properties, MqttProperties.REQUEST_PROBLEM_INFORMATION, 1)
                                == 1,
                        Packets.number(properties, MqttProperties.REQUEST_RESPONSE_INFORMATION, 0)
                                == 1,
                        format(said.getOrDefault(FORMAT, WireFormat.JSON.subprotocol())),
                        said);
        request.check(header, limits);
        return request;
    }

    private static long unsigned(MqttProperties properties, int property, long absent) {
        return Packets.number(properties, property, (int) absent) & UNSIGNED;
    }

    private static Map<String, String> userProperties(MqttProperties properties) {
        Map<String, String> pairs = new HashMap<>();
        if (properties.getProperty(MqttProperties.USER_PROPERTY)
                instanceof MqttProperties.UserProperties told) {
            told.value().forEach(pair -> pairs.put(pair.key, pair.value));
        }
        return pairs;
    }

    /// MQTT 3.1.1 has no room for them but behind the user name: `name?type=web&platform=linux`.
    private static Map<String, String> options(String userName) {
        Map<String, String> options = new HashMap<>();
        int mark = userName.indexOf('?');
        if (mark >= 0) {
            for (String pair : userName.substring(mark + 1).split("&", -1)) {
                int equals = pair.indexOf('=');
                if (equals > 0) {
                    options.put(pair.substring(0, equals), pair.substring(equals + 1));
                }
            }
        }
        return options;
    }

    private static WireFormat format(String name) throws Unacceptable {
        List<WireFormat> formats = Arrays.asList(WireFormat.values());
        return formats.stream()
                .filter(format -> format.subprotocol().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new Unacceptable(
                                MqttConnectReturnCode.CONNECTION_REFUSED_IMPLEMENTATION_SPECIFIC,
                                "format is to be one of "
                                        + formats.stream().map(WireFormat::subprotocol).toList()));
    }

    private void check(MqttConnectVariableHeader header, Limits limits) throws Unacceptable {
        if (header.version() < MqttVersion.MQTT_3_1_1.protocolLevel()) {
            throw unknownVersion();
        }
        require(
                header.properties().getProperty(MqttProperties.AUTHENTICATION_METHOD) == null,
                MqttConnectReturnCode.CONNECTION_REFUSED_BAD_AUTHENTICATION_METHOD,
                "the token is the password");
        require(
                Id.wellFormed(deviceId),
                MqttConnectReturnCode.CONNECTION_REFUSED_CLIENT_IDENTIFIER_NOT_VALID,
                "the client id is the device's id: 1 to 128 characters of A-Z a-z 0-9 . _ : @ -");
        require(
                !header.isWillFlag() || header.willQos() < MqttQoS.EXACTLY_ONCE.value(),
                MqttConnectReturnCode.CONNECTION_REFUSED_QOS_NOT_SUPPORTED,
                "QoS 2 is not available");
        require(
                !header.isWillFlag() || !header.isWillRetain() || !five,
                MqttConnectReturnCode.CONNECTION_REFUSED_RETAIN_NOT_SUPPORTED,
                "nothing is retained");
        require(
                receiveMaximum > 0 && maxPacketBytes > 0,
                MqttConnectReturnCode.CONNECTION_REFUSED_PROTOCOL_ERROR,
                "Receive Maximum and Maximum Packet Size are not to be 0");
        require(
                maxPacketBytes >= limits.frameBytes(),
                MqttConnectReturnCode.CONNECTION_REFUSED_PACKET_TOO_LARGE,
                "packets of up to %,d bytes are sent".formatted(limits.frameBytes()));
    }

    private static void require(boolean kept, MqttConnectReturnCode code, String rule)
            throws Unacceptable {
        if (!kept) {
            throw new Unacceptable(code, rule);
        }
    }

    /// The request as a frame.
    Incoming frame() {
        return ClientFrames.deviceConnect(token, deviceId, said, !clean, heartbeatMs());
    }

    private int heartbeatMs() {
        return keepAliveS == 0 ? Integer.MAX_VALUE : keepAliveS * HEARTBEAT_MS_PER_KEEP_ALIVE_S;
    }

    /// The keep alive that holds, in seconds, if it is another than that asked for; otherwise 0.
    int otherKeepAliveS(int grantedHeartbeatMs) {
        return grantedHeartbeatMs == heartbeatMs()
                ? 0
                : Math.max(1, grantedHeartbeatMs / HEARTBEAT_MS_PER_KEEP_ALIVE_S);
    }
}
