package dev.bocau.gateway.mqtt;

import dev.bocau.frame.SharedFrame;
import dev.bocau.gateway.SocketConnection;
import dev.bocau.model.Refusal;
import io.netty.handler.codec.mqtt.MqttReasonCodes.PubAck;
import java.util.Optional;

/// Something that waits to be written.
sealed interface Outgoing extends SocketConnection.Waiting {
    /// A frame for the inbox. Its body is shared by all who receive it.
    record Delivery(byte[] position, SharedFrame frame, byte[] envelope, byte[] body)
            implements Outgoing {
        @Override
        public int bytes() {
            return envelope.length + body.length;
        }
    }

    /// What has become of CONNECT.
    record Admission(Optional<Refusal> refusal) implements Outgoing {
        @Override
        public int bytes() {
            return 0;
        }
    }

    /// What has become of something that was published.
    ///
    /// @param refusedAs empty: as its code is called
    record Confirmation(
            Publishes.Publish publish, Optional<PubAck> refusedAs, Optional<Refusal> refusal)
            implements Outgoing {
        @Override
        public int bytes() {
            return 0;
        }
    }
}
