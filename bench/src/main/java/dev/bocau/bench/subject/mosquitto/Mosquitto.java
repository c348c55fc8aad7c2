package dev.bocau.bench.subject.mosquitto;

import dev.bocau.bench.subject.Device;
import dev.bocau.bench.subject.ServerProcess;
import dev.bocau.bench.subject.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// An MQTT broker. A conversation is a topic, a device a session that does not expire and has
/// subscribed to the topics of its user with QoS 1.
public final class Mosquitto implements Subject {
    private final ServerProcess server;
    private final int port;
    private final String name;
    private final Map<String, List<String>> topics = new ConcurrentHashMap<>();

    public Mosquitto(Path folder) throws IOException {
        port = ServerProcess.freePort();
        server = ServerProcess.peer("mosquitto", folder, List.of(port));
        name = Files.readString(folder.resolve("version")).strip();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String durability() {
        return "memory: the broker has the message (PUBACK) and writes its memory to disk every half hour and at its end; no history, no ticks, no membership";
    }

    @Override
    public List<Long> pids() {
        return server.pids();
    }

    @Override
    public void prepare(List<Conversation> conversations) {
        for (Conversation conversation : conversations) {
            for (String member : conversation.members()) {
                topics.computeIfAbsent(member, _ -> new ArrayList<>()).add(conversation.id());
            }
        }
    }

    @Override
    public Device device(String user, String deviceName, Ear ear) {
        return new MqttDevice(
                port, user + "-" + deviceName, topics.getOrDefault(user, List.of()), ear);
    }

    @Override
    public void close() {
        server.close();
    }
}
