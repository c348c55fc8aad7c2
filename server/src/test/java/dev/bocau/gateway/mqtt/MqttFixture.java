package dev.bocau.gateway.mqtt;

import dev.bocau.frame.WireFormat;
import dev.bocau.testing.MqttLink;
import dev.bocau.testing.MqttLink.Dialect;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestServer;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// A real server that speaks MQTT beside WebSocket, and for each test people of their own.
@org.jspecify.annotations.NullUnmarked
abstract class MqttFixture {
    private static final AtomicInteger PEOPLE = new AtomicInteger();
    static final Dialect JSON_5 = new Dialect(true, WireFormat.JSON, 0);
    static final Dialect JSON_3 = new Dialect(false, WireFormat.JSON, 0);
    static TestServer server;
    private static Path rooms;
    private final List<AutoCloseable> open = new ArrayList<>();
    String alice;
    String bob;

    @BeforeAll
    static void start(@TempDir Path folder) {
        rooms = folder;
        server =
                new TestServer(
                        folder,
                        Map.of(
                                "LIMITS_DELIVERED_WINDOW_MS", "20",
                                "LIMITS_READ_WINDOW_MS", "20",
                                "LIMITS_HEARTBEAT_MIN_MS", "750",
                                "LIMITS_TOKEN_GRACE_MS", "300"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void disconnect() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    static Stream<Dialect> dialects() {
        return Stream.of(
                JSON_5,
                JSON_3,
                new Dialect(true, WireFormat.PROTO, 0),
                new Dialect(false, WireFormat.PROTO, 0));
    }

    /// Makes two new people and their conversation.
    String conversation() {
        return conversation(server);
    }

    String conversation(TestServer on) {
        int number = PEOPLE.incrementAndGet();
        alice = "alice-" + number;
        bob = "bob-" + number;
        on.direct("c-" + number, alice, bob);
        return "c-" + number;
    }

    TestDevice mqtt(Dialect dialect, String user, String id) {
        return mqtt(server, dialect, user, id);
    }

    TestDevice mqtt(TestServer on, Dialect dialect, String user, String id) {
        Supplier<String> token = () -> on.token(user);
        return kept(new TestDevice(MqttLink.to(on.mqttPort(), dialect), user, id, token));
    }

    TestDevice websocket(String user, String id) {
        return kept(server.device(WireFormat.JSON, user, id));
    }

    <T extends AutoCloseable> T kept(T part) {
        open.add(part);
        return part;
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
