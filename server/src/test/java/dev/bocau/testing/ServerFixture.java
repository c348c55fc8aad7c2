package dev.bocau.testing;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;

/// A real server for the tests of a class, and for each test people of its own, and what is to be
/// closed behind it. A class says in its `@BeforeAll` how the server is set.
@org.jspecify.annotations.NullUnmarked
public abstract class ServerFixture {
    private static final AtomicInteger PEOPLE = new AtomicInteger();
    private static Path rooms;
    protected static TestServer server;

    protected String alice;
    protected String bob;
    private final List<AutoCloseable> open = new ArrayList<>();

    /// Starts the server; receipts do not wait for long.
    ///
    /// @param special settings beside that
    protected static void start(Path folder, Map<String, String> special) {
        rooms = folder;
        Map<String, String> settings = new HashMap<>();
        settings.put("LIMITS_DELIVERED_WINDOW_MS", "20");
        settings.put("LIMITS_READ_WINDOW_MS", "20");
        settings.putAll(special);
        server = new TestServer(folder, settings);
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

    /// Makes two new people and their conversation.
    protected String conversation() {
        return conversation(server);
    }

    protected String conversation(TestServer on) {
        int number = PEOPLE.incrementAndGet();
        alice = "alice-" + number;
        bob = "bob-" + number;
        on.direct("c-" + number, alice, bob);
        return "c-" + number;
    }

    protected TestDevice device(String user, String id, Link.Opener way) {
        return device(user, id, way, () -> server.token(user));
    }

    protected TestDevice device(String user, String id, Link.Opener way, Supplier<String> token) {
        return kept(new TestDevice(way, user, id, token));
    }

    /// Closes something when the test is over.
    protected <T extends AutoCloseable> T kept(T part) {
        open.add(part);
        return part;
    }

    /// A server of its own for one test.
    protected static TestServer small(Map<String, String> settings) throws IOException {
        return new TestServer(Files.createTempDirectory(rooms, "small"), settings);
    }

    /// The sum of all of this name, or of this name and these tags.
    protected static double metric(TestServer from, String name) {
        String metrics =
                TestServer.ask(HttpRequest.newBuilder(from.ops("/metrics")).build())
                        .body()
                        .asString();
        return metrics.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .mapToDouble(Double::parseDouble)
                .sum();
    }
}
