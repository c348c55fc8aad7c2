package dev.bocau.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bocau.frame.TestFrames;
import dev.bocau.model.Code;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestServer;
import dev.bocau.testing.Transport;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What every transport promises, in events of Socket.IO. Its own clients: {@link
/// dev.bocau.gateway.socketio.SocketIoTest}.
class SocketIoContractTest {
    @Nested
    class Conversations extends TransportContract {
        Conversations() {
            super(Transport.SOCKETIO);
        }
    }

    @Nested
    class Bounds extends TransportBoundsContract {
        Bounds() {
            super(Transport.SOCKETIO);
        }

        /// Who is not let in for now is not told, and so comes again by itself.
        @Override
        @Test
        void more_connections_than_allowed_are_asked_to_come_back_later() throws Exception {
            try (TestServer small = small(Map.of("LIMITS_CONNECTIONS", "1"))) {
                TestDevice one = kept(transport.device(small, "a", "1")).connect();
                TestDevice two = kept(transport.device(small, "a", "2")).begin(Optional.empty());

                assertThat(two.awaitClosed()).isZero();
                assertThat(one.connected()).isTrue();
            }
        }

        @Override
        @Test
        void more_devices_at_once_than_are_let_in_are_asked_to_come_back_later() throws Exception {
            try (TestServer small = small(Map.of("LIMITS_CONNECTS_PER_SECOND", "1"))) {
                kept(transport.device(small, "a", "1")).connect();
                TestDevice two = kept(transport.device(small, "a", "2"));

                // The first one's second may be over.
                await().until(() -> {
                    two.begin(Optional.empty());
                    two.await("an answer", () -> two.connected() || two.ended());
                    return two.ended();
                });
            }
        }

        /// Before it asks for the namespace there is no session that could say why.
        @Override
        protected int silenceCode() {
            return 0;
        }

        @Override
        @Test
        protected void client_whose_every_frame_is_refused_is_ended() throws Exception {
            ClientFrame noEvent = TestFrames.clientFrame("{\"type\":\"ping\",\"timestamp\":1}");
            try (TestServer strict = small(Map.of("LIMITS_FAULTS_PER_MINUTE", "30"))) {
                TestDevice fool = kept(transport.device(strict, "a", "fool")).connect();
                for (int i = 0; i < 40; i++) {
                    fool.say(noEvent.toBuilder());
                }

                assertThat(fool.awaitClosed()).isEqualTo(Code.TOO_MANY_FAULTS.number());
            }
        }
    }
}
