package dev.bocau.gateway.mqtt;

import io.netty.handler.codec.mqtt.MqttReasonCodes.SubAck;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;

/// The topics that there are. Each connection has its own: what a device publishes or is sent never
/// meets another device but through conversations.
final class Topics {
    /// Everything that the server says: the one topic to subscribe to.
    static final String INBOX = "inbox";

    /// Whole frames of a client.
    static final String FRAMES = "frames";

    /// In front of a conversation's id: messages to it.
    static final String CONVERSATIONS = "conversations/";

    private static final String SHARED = "$share/";

    private Topics() {}

    /// Whether a client may subscribe to something.
    static SubAck subscribe(MqttTopicSubscription wanted) {
        String filter = wanted.topicFilter();
        if (filter.startsWith(SHARED)) {
            return SubAck.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED;
        }
        if (filter.indexOf('#') >= 0 || filter.indexOf('+') >= 0) {
            return SubAck.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED;
        }
        if (!filter.equals(INBOX)) {
            return SubAck.NOT_AUTHORIZED;
        }
        return switch (wanted.option().qos()) {
            case AT_LEAST_ONCE, EXACTLY_ONCE -> SubAck.GRANTED_QOS_1;
            // Nobody would know what has arrived.
            default -> SubAck.IMPLEMENTATION_SPECIFIC_ERROR;
        };
    }
}
