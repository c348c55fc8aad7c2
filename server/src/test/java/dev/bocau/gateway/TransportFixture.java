package dev.bocau.gateway;

import dev.bocau.protocol.ClientFrame;
import dev.bocau.testing.Link;
import dev.bocau.testing.ServerFixture;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.Transport;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// A real server, reached over one of the transports.
@org.jspecify.annotations.NullUnmarked
abstract class TransportFixture extends ServerFixture {
    protected final Transport transport;

    TransportFixture(Transport transport) {
        this.transport = transport;
    }

    @BeforeAll
    static void start(@TempDir Path folder) {
        // Where nothing is measured, people may talk as fast as this machine does.
        start(
                folder,
                Map.of(
                        "LIMITS_FRAMES_PER_SECOND", "1000000",
                        "LIMITS_FRAME_BURST", "1000000"));
    }

    TestDevice device(String user, String id) {
        return device(user, id, transport.to(server));
    }

    /// A way that counts the frames said.
    Link.Opener counting(AtomicInteger said) {
        return listener -> {
            Link link = transport.to(server).open(listener);
            return new Link() {
                @Override
                public void send(ClientFrame frame) {
                    said.incrementAndGet();
                    link.send(frame);
                }

                @Override
                public void close() {
                    link.close();
                }
            };
        };
    }
}
