package dev.bocau.bench.subject.relay;

import dev.bocau.bench.subject.Device;
import dev.bocau.bench.subject.ServerProcess;
import dev.bocau.bench.subject.Subject;
import dev.bocau.bench.subject.bocau.BocauDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// {@link RelayServer} in a process of its own. It speaks Bocau's frames, so that both are measured
/// with the same client.
public final class Relay implements Subject {
    private final ServerProcess server;
    private final int port;
    private final Map<String, String> conversations = new ConcurrentHashMap<>();

    public Relay(Path folder) throws IOException {
        port = ServerProcess.freePort();
        server =
                new ServerProcess(
                        folder.resolve("relay.log"),
                        Map.of(),
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseCompactObjectHeaders",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                RelayServer.class.getName(),
                                Integer.toString(port)));
        try {
            server.awaitPort(port);
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return "Netty relay";
    }

    @Override
    public String durability() {
        return "none: a confirmation says that the message was passed on";
    }

    @Override
    public List<Long> pids() {
        return server.pids();
    }

    @Override
    public List<Long> jvms() {
        return server.pids();
    }

    @Override
    public boolean catchesUp() {
        return false;
    }

    @Override
    public void prepare(List<Conversation> made) {
        for (Conversation conversation : made) {
            for (String member : conversation.members()) {
                conversations.merge(member, conversation.id(), (one, more) -> one + " " + more);
            }
        }
    }

    @Override
    public Device device(String user, String name, Ear ear) {
        return new BocauDevice(port, () -> conversations.getOrDefault(user, ""), name, ear);
    }

    @Override
    public void close() {
        server.close();
    }
}
