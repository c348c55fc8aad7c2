package dev.bocau.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.model.Code;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestServer;
import dev.bocau.testing.Transport;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What every transport promises, over long-polling in both encodings.
class LongPollContractTest {
    @Nested
    class Json extends TransportContract {
        Json() {
            super(Transport.POLL_JSON);
        }
    }

    @Nested
    class Proto extends TransportContract {
        Proto() {
            super(Transport.POLL_PROTO);
        }
    }

    @Nested
    class JsonFrames extends TransportFramesContract {
        JsonFrames() {
            super(Transport.POLL_JSON);
        }
    }

    @Nested
    class ProtoFrames extends TransportFramesContract {
        ProtoFrames() {
            super(Transport.POLL_PROTO);
        }
    }

    @Nested
    class JsonBounds extends TransportBoundsContract {
        JsonBounds() {
            super(Transport.POLL_JSON);
        }

        /// There is no connection before a device_connect: of one that is refused there is.
        @Override
        @Test
        protected void connection_on_which_nothing_is_said_is_closed() throws Exception {
            try (TestServer hasty = small(Map.of("LIMITS_CONNECT_TIMEOUT_MS", "300"))) {
                TestDevice nobody = kept(transport.device(hasty, "a", "a/b"));
                nobody.begin(Optional.empty());

                nobody.awaitError(Code.INVALID_FIELD.number());
                assertThat(nobody.awaitClosed()).isEqualTo(Code.CONNECT_TIMEOUT.number());
            }
        }

        @Override
        @Test
        protected void client_whose_every_frame_is_refused_is_ended() throws Exception {
            Map<String, String> strict = Map.of("LIMITS_FAULTS_PER_MINUTE", "30");
            try (TestServer small = small(strict)) {
                TestDevice fool = kept(transport.device(small, "a", "fool")).connect();
                for (int i = 0; i < 40; i++) {
                    fool.say(ClientFrame.newBuilder().setDeviceConnect(fool.deviceConnect()));
                }

                assertThat(fool.awaitClosed()).isEqualTo(Code.TOO_MANY_FAULTS.number());
            }
        }
    }
}
