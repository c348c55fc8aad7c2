package dev.bocau.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bocau.frame.WireFormat;
import dev.bocau.model.Code;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.protocol.ServerFrame.BodyCase;
import dev.bocau.testing.Link;
import dev.bocau.testing.ServerFixture;
import dev.bocau.testing.SocketLink;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// Real sockets: conversations in both encodings, and everything that strangers and broken clients
/// send.
@org.jspecify.annotations.NullUnmarked
abstract class SocketFixture extends ServerFixture {
    static final String C1 = "c1";

    @BeforeAll
    static void start(@TempDir Path folder) {
        start(
                folder,
                Map.of(
                        "LIMITS_HEARTBEAT_MS", "400",
                        "LIMITS_CONNECT_TIMEOUT_MS", "1500",
                        "LIMITS_TOKEN_GRACE_MS", "300"));
        server.direct(C1, "alice", "bob");
    }

    TestDevice device(WireFormat format, String user, String id) {
        return kept(server.device(format, user, id));
    }

    /// What comes over a link, for tests that speak for themselves.
    static final class Ear implements Link.Listener {
        final LinkedBlockingQueue<ServerFrame> frames = new LinkedBlockingQueue<>();
        final List<Integer> closed = new CopyOnWriteArrayList<>();

        @Override
        public void frame(ServerFrame frame) {
            frames.add(frame);
        }

        @Override
        public void closed(int code) {
            closed.add(code);
        }

        ServerFrame next(BodyCase kind) throws InterruptedException {
            while (true) {
                ServerFrame frame = frames.poll(10, TimeUnit.SECONDS);
                assertThat(frame).as("a %s; closed: %s", kind, closed).isNotNull();
                if (frame.getBodyCase() == kind) {
                    return frame;
                }
            }
        }

        void expectClose(Code code) {
            await().until(() -> !closed.isEmpty());
            assertThat(closed).containsExactly(code.number());
        }
    }

    static SocketLink open(WireFormat format, Ear ear) {
        return open(server, format, ear);
    }

    static SocketLink open(TestServer to, WireFormat format, Ear ear) {
        return (SocketLink) SocketLink.to(to.websocket(), format).open(ear);
    }

    static ClientFrame connect(String user, String id) {
        return connect(server, user, id);
    }

    static ClientFrame connect(TestServer to, String user, String id) {
        return ClientFrame.newBuilder()
                .setDeviceConnect(to.device(WireFormat.JSON, user, id).deviceConnect())
                .build();
    }
}
