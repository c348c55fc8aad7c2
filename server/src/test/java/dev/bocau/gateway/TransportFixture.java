package dev.bocau.gateway;

import dev.bocau.protocol.ClientFrame;
import dev.bocau.testing.Link;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestServer;
import dev.bocau.testing.Transport;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// A real server, and for each test two people and a conversation of their own.
@org.jspecify.annotations.NullUnmarked
abstract class TransportFixture {
    private static final AtomicInteger PEOPLE = new AtomicInteger();
    private static Path rooms;
    static TestServer server;

    final Transport transport;
    String alice;
    String bob;
    private final List<TestDevice> devices = new ArrayList<>();

    TransportFixture(Transport transport) {
        this.transport = transport;
    }

    @BeforeAll
    static void start(@TempDir Path folder) {
        rooms = folder;
        server =
                new TestServer(
                        folder,
                        Map.of(
                                "LIMITS_DELIVERED_WINDOW_MS", "20",
                                "LIMITS_READ_WINDOW_MS", "20"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void disconnect() {
        devices.forEach(TestDevice::close);
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

    TestDevice device(String user, String id) {
        return device(user, id, transport.to(server));
    }

    TestDevice device(String user, String id, Link.Opener way) {
        return device(user, id, way, () -> server.token(user));
    }

    TestDevice device(String user, String id, Link.Opener way, Supplier<String> token) {
        return kept(new TestDevice(way, user, id, token));
    }

    TestDevice kept(TestDevice device) {
        devices.add(device);
        return device;
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
