package dev.bocau.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bocau.frame.WireFormat;
import dev.bocau.model.Code;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.protocol.ServerFrame.BodyCase;
import dev.bocau.testing.Link;
import dev.bocau.testing.SocketLink;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestServer;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// Real sockets: conversations in both encodings, and everything that strangers and broken clients
/// send.
@org.jspecify.annotations.NullUnmarked
abstract class SocketFixture {
    static final String C1 = "c1";
    static TestServer server;
    private static Path rooms;
    private final List<TestDevice> devices = new ArrayList<>();

    @BeforeAll
    static void start(@TempDir Path folder) {
        rooms = folder;
        server =
                new TestServer(
                        folder,
                        Map.of(
                                "LIMITS_DELIVERED_WINDOW_MS", "20",
                                "LIMITS_READ_WINDOW_MS", "20",
                                "LIMITS_HEARTBEAT_MS", "400",
                                "LIMITS_CONNECT_TIMEOUT_MS", "1500",
                                "LIMITS_TOKEN_GRACE_MS", "300"));
        server.direct(C1, "alice", "bob");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void disconnect() {
        devices.forEach(TestDevice::close);
    }

    TestDevice device(WireFormat format, String user, String id) {
        TestDevice device = server.device(format, user, id);
        devices.add(device);
        return device;
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

    /// A server of its own for one test.
    static TestServer small(Map<String, String> settings) throws IOException {
        return new TestServer(Files.createTempDirectory(rooms, "small"), settings);
    }

    static double metric(TestServer from, String name) {
        String metrics =
                TestServer.ask(HttpRequest.newBuilder(from.ops("/metrics")).build())
                        .body()
                        .asString();
        return metrics.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .mapToDouble(Double::parseDouble)
                .findFirst()
                .orElseThrow();
    }
}
