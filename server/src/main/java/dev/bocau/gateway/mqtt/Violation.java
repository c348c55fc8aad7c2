package dev.bocau.gateway.mqtt;

import dev.bocau.model.Code;
import dev.bocau.model.Refusal;
import io.netty.handler.codec.mqtt.MqttReasonCodes.Disconnect;

/// The client does not keep to MQTT, or to what it was told of this server; the connection ends.
final class Violation extends Exception {
    private static final long serialVersionUID = 1;

    private final Disconnect reason;
    private final Code code;

    Violation(Disconnect reason, String rule) {
        this(reason, Code.MALFORMED, rule);
    }

    Violation(Disconnect reason, Code code, String rule) {
        super(rule, null, false, false);
        this.reason = reason;
        this.code = code;
    }

    /// Why, in MQTT's own words.
    Disconnect reason() {
        return reason;
    }

    Refusal refusal() {
        return Refusal.of(code, String.valueOf(getMessage()));
    }
}
