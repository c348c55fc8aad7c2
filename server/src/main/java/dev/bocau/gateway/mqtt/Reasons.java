package dev.bocau.gateway.mqtt;

import dev.bocau.model.Code;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttReasonCodes.Disconnect;
import io.netty.handler.codec.mqtt.MqttReasonCodes.PubAck;

/// What our codes are called in MQTT 5, by the packet that says it. There are fewer reasons than
/// codes, which is why the code goes along as a user property.
final class Reasons {
    private Reasons() {}

    /// Why somebody is not let in.
    static MqttConnectReturnCode connAck(Code code) {
        return switch (code) {
            case MALFORMED -> MqttConnectReturnCode.CONNECTION_REFUSED_MALFORMED_PACKET;
            case UNKNOWN_TYPE, WRONG_STATE ->
                    MqttConnectReturnCode.CONNECTION_REFUSED_PROTOCOL_ERROR;
            case FRAME_TOO_LARGE -> MqttConnectReturnCode.CONNECTION_REFUSED_PACKET_TOO_LARGE;
            case TOKEN_INVALID, TOKEN_EXPIRED ->
                    MqttConnectReturnCode.CONNECTION_REFUSED_BAD_USERNAME_OR_PASSWORD;
            case NOT_A_MEMBER, NOT_ALLOWED, SIGNED_OUT, REPLACED ->
                    MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED_5;
            case OVERLOADED, UNAVAILABLE, STORAGE_FULL, SHUTTING_DOWN ->
                    MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_UNAVAILABLE_5;
            case TOO_MANY_CONNECTIONS -> MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_BUSY;
            case RATE_LIMITED -> MqttConnectReturnCode.CONNECTION_REFUSED_CONNECTION_RATE_EXCEEDED;
            case TOO_MANY_DEVICES, SLOW_CONSUMER ->
                    MqttConnectReturnCode.CONNECTION_REFUSED_QUOTA_EXCEEDED;
            case TOO_MANY_FAULTS -> MqttConnectReturnCode.CONNECTION_REFUSED_BANNED;
            case INVALID_FIELD,
                    CONTENT_TOO_LARGE,
                    LOCAL_ID_CONFLICT,
                    NOT_SENT,
                    NO_SUCH_CONVERSATION,
                    NO_SUCH_MESSAGE,
                    NO_SUCH_DEVICE,
                    NO_SUCH_MEDIA,
                    MEDIA_TOO_LARGE,
                    MEDIA_REFUSED,
                    MEDIA_INCOMPLETE,
                    MEDIA_CHECKSUM,
                    URL_EXPIRED,
                    CONFLICT ->
                    MqttConnectReturnCode.CONNECTION_REFUSED_IMPLEMENTATION_SPECIFIC;
            case HEARTBEAT_TIMEOUT, CONNECT_TIMEOUT, NO_SUCH_SESSION ->
                    MqttConnectReturnCode.CONNECTION_REFUSED_UNSPECIFIED_ERROR;
        };
    }

    /// Why something was not taken. "Quota exceeded" stands for everything that passes, and for
    /// nothing else: publish it again later.
    static PubAck pubAck(Code code) {
        return switch (code) {
            case MALFORMED, UNKNOWN_TYPE, WRONG_STATE, INVALID_FIELD, CONTENT_TOO_LARGE ->
                    PubAck.PAYLOAD_FORMAT_INVALID;
            case NOT_A_MEMBER, NOT_ALLOWED, TOKEN_INVALID, TOKEN_EXPIRED, SIGNED_OUT ->
                    PubAck.NOT_AUTHORIZED;
            case NO_SUCH_CONVERSATION -> PubAck.TOPIC_NAME_INVALID;
            case FRAME_TOO_LARGE,
                    LOCAL_ID_CONFLICT,
                    NOT_SENT,
                    NO_SUCH_MESSAGE,
                    NO_SUCH_DEVICE,
                    NO_SUCH_MEDIA,
                    MEDIA_TOO_LARGE,
                    MEDIA_REFUSED,
                    MEDIA_INCOMPLETE,
                    MEDIA_CHECKSUM,
                    URL_EXPIRED,
                    CONFLICT ->
                    PubAck.IMPLEMENTATION_SPECIFIC_ERROR;
            case OVERLOADED, RATE_LIMITED, UNAVAILABLE, STORAGE_FULL -> PubAck.QUOTA_EXCEEDED;
            case SHUTTING_DOWN,
                    HEARTBEAT_TIMEOUT,
                    SLOW_CONSUMER,
                    CONNECT_TIMEOUT,
                    TOO_MANY_CONNECTIONS,
                    NO_SUCH_SESSION,
                    REPLACED,
                    TOO_MANY_DEVICES,
                    TOO_MANY_FAULTS ->
                    PubAck.UNSPECIFIED_ERROR;
        };
    }

    /// Why the server ends a connection.
    static Disconnect disconnect(Code code) {
        return switch (code) {
            case MALFORMED -> Disconnect.MALFORMED_PACKET;
            case UNKNOWN_TYPE, WRONG_STATE, TOO_MANY_FAULTS -> Disconnect.PROTOCOL_ERROR;
            case INVALID_FIELD, CONTENT_TOO_LARGE -> Disconnect.PAYLOAD_FORMAT_INVALID;
            case FRAME_TOO_LARGE -> Disconnect.PACKET_TOO_LARGE;
            case NOT_A_MEMBER, NOT_ALLOWED, TOKEN_INVALID, TOKEN_EXPIRED, TOO_MANY_DEVICES ->
                    Disconnect.NOT_AUTHORIZED;
            case NO_SUCH_CONVERSATION -> Disconnect.TOPIC_NAME_INVALID;
            case LOCAL_ID_CONFLICT,
                    NOT_SENT,
                    NO_SUCH_MESSAGE,
                    NO_SUCH_DEVICE,
                    NO_SUCH_SESSION,
                    NO_SUCH_MEDIA,
                    MEDIA_TOO_LARGE,
                    MEDIA_REFUSED,
                    MEDIA_INCOMPLETE,
                    MEDIA_CHECKSUM,
                    URL_EXPIRED,
                    CONFLICT ->
                    Disconnect.IMPLEMENTATION_SPECIFIC_ERROR;
            case SIGNED_OUT -> Disconnect.ADMINISTRATIVE_ACTION;
            case OVERLOADED, UNAVAILABLE, STORAGE_FULL, TOO_MANY_CONNECTIONS ->
                    Disconnect.SERVER_BUSY;
            case RATE_LIMITED -> Disconnect.MESSAGE_RATE_TOO_HIGH;
            case SHUTTING_DOWN -> Disconnect.SERVER_SHUTTING_DOWN;
            case HEARTBEAT_TIMEOUT, CONNECT_TIMEOUT -> Disconnect.KEEP_ALIVE_TIMEOUT;
            case SLOW_CONSUMER -> Disconnect.QUOTA_EXCEEDED;
            case REPLACED -> Disconnect.SESSION_TAKEN_OVER;
        };
    }

    /// What a refusal of MQTT 5 is called in 3.1.1, which knows five.
    static MqttConnectReturnCode before5(MqttConnectReturnCode code) {
        return switch (code) {
            case CONNECTION_REFUSED_UNSUPPORTED_PROTOCOL_VERSION ->
                    MqttConnectReturnCode.CONNECTION_REFUSED_UNACCEPTABLE_PROTOCOL_VERSION;
            case CONNECTION_REFUSED_CLIENT_IDENTIFIER_NOT_VALID ->
                    MqttConnectReturnCode.CONNECTION_REFUSED_IDENTIFIER_REJECTED;
            case CONNECTION_REFUSED_BAD_USERNAME_OR_PASSWORD ->
                    MqttConnectReturnCode.CONNECTION_REFUSED_BAD_USER_NAME_OR_PASSWORD;
            case CONNECTION_REFUSED_SERVER_UNAVAILABLE_5,
                    CONNECTION_REFUSED_SERVER_BUSY,
                    CONNECTION_REFUSED_CONNECTION_RATE_EXCEEDED ->
                    MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_UNAVAILABLE;
            default -> MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED;
        };
    }
}
