package dev.bocau.gateway.tcp;

import dev.bocau.gateway.TransportBoundsContract;
import dev.bocau.gateway.TransportContract;
import dev.bocau.gateway.TransportFramesContract;
import dev.bocau.testing.Transport;
import org.junit.jupiter.api.Nested;

/// What every transport promises, over TCP.
class TcpContractTest {
    @Nested
    class Conversations extends TransportContract {
        Conversations() {
            super(Transport.TCP);
        }
    }

    @Nested
    class Bounds extends TransportBoundsContract {
        Bounds() {
            super(Transport.TCP);
        }
    }

    @Nested
    class Frames extends TransportFramesContract {
        Frames() {
            super(Transport.TCP);
        }
    }
}
