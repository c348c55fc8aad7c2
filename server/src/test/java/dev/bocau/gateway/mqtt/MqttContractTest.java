package dev.bocau.gateway.mqtt;

import dev.bocau.gateway.TransportContract;
import dev.bocau.testing.Transport;
import org.junit.jupiter.api.Nested;

/// What every transport promises, over MQTT in its dialects.
class MqttContractTest {
    @Nested
    class Json5 extends TransportContract {
        Json5() {
            super(Transport.MQTT_5_JSON);
        }
    }

    @Nested
    class Proto5 extends TransportContract {
        Proto5() {
            super(Transport.MQTT_5_PROTO);
        }
    }

    @Nested
    class Json3 extends TransportContract {
        Json3() {
            super(Transport.MQTT_3_JSON);
        }
    }

    @Nested
    class Proto3 extends TransportContract {
        Proto3() {
            super(Transport.MQTT_3_PROTO);
        }
    }
}
