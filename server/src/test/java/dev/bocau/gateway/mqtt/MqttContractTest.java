package dev.bocau.gateway.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.frame.TestFrames;
import dev.bocau.gateway.TransportBoundsContract;
import dev.bocau.gateway.TransportContract;
import dev.bocau.model.Code;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestServer;
import dev.bocau.testing.Transport;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

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

    @Nested
    class Bounds5 extends TransportBoundsContract {
        Bounds5() {
            super(Transport.MQTT_5_JSON);
        }

        /// The reason stands in CONNACK.
        @Override
        protected void isTurnedAway(TestDevice device, Code code) {
            assertThat(device.awaitClosed()).isEqualTo(code.number());
        }

        /// Who has not said CONNECT is told nothing: the protocol has it so.
        @Override
        protected int silenceCode() {
            return 0;
        }

        /// The server's receive maximum is a bound of its own: who does not keep to it is not
        /// waited for.
        @Override
        @Test
        protected void flood_is_refused_with_a_time_and_then_ended_and_nobody_else_is_affected()
                throws Exception {
            try (TestServer strict = small(Map.of("LIMITS_FLOOD_PER_MINUTE", "200"))) {
                strict.direct("c", "a", "b");
                TestDevice bystander = kept(transport.device(strict, "b", "phone")).connect();
                TestDevice flooder = kept(transport.device(strict, "a", "bot")).connect();
                for (int i = 0; i < 5_000 && !flooder.ended(); i++) {
                    flooder.say(message("elsewhere", "hello").toBuilder());
                }

                assertThat(flooder.awaitClosed())
                        .isIn(Code.TOO_MANY_FAULTS.number(), Code.MALFORMED.number());
                TestDevice sender = kept(transport.device(strict, "a", "phone")).connect();
                sender.sent("c", "still here");
                bystander.awaitTexts("c", "still here");
            }
        }

        @Override
        @Test
        protected void client_whose_every_frame_is_refused_is_ended() throws Exception {
            try (TestServer strict = small(Map.of("LIMITS_FAULTS_PER_MINUTE", "30"))) {
                TestDevice fool = kept(transport.device(strict, "a", "fool")).connect();
                for (int i = 0; i < 40; i++) {
                    fool.say(message("elsewhere", "").toBuilder());
                }

                assertThat(fool.awaitClosed()).isEqualTo(Code.TOO_MANY_FAULTS.number());
            }
        }

        private static ClientFrame message(String c, String content) {
            return TestFrames.clientFrame(
                    "{\"type\":\"send_message\",\"localId\":\"%s\",\"conversationId\":\"%s\",\"kind\":\"text\",\"content\":\"%s\"}"
                            .formatted(UUID.randomUUID(), c, content));
        }
    }
}
