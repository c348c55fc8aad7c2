package dev.bocau.gateway.websocket;

import dev.bocau.gateway.TransportBoundsContract;
import dev.bocau.gateway.TransportContract;
import dev.bocau.gateway.TransportFramesContract;
import dev.bocau.testing.Transport;
import org.junit.jupiter.api.Nested;

/// What every transport promises, over WebSocket in both encodings.
class WebSocketContractTest {
    @Nested
    class Json extends TransportContract {
        Json() {
            super(Transport.WEBSOCKET_JSON);
        }
    }

    @Nested
    class JsonBounds extends TransportBoundsContract {
        JsonBounds() {
            super(Transport.WEBSOCKET_JSON);
        }
    }

    @Nested
    class Proto extends TransportContract {
        Proto() {
            super(Transport.WEBSOCKET_PROTO);
        }
    }

    @Nested
    class ProtoBounds extends TransportBoundsContract {
        ProtoBounds() {
            super(Transport.WEBSOCKET_PROTO);
        }
    }

    @Nested
    class JsonFrames extends TransportFramesContract {
        JsonFrames() {
            super(Transport.WEBSOCKET_JSON);
        }
    }

    @Nested
    class ProtoFrames extends TransportFramesContract {
        ProtoFrames() {
            super(Transport.WEBSOCKET_PROTO);
        }
    }
}
