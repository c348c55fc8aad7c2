package dev.bocau.bench.subject.socketio;

import dev.bocau.bench.subject.Device;
import dev.bocau.bench.subject.ServerProcess;
import dev.bocau.bench.subject.Subject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// A chat server on Socket.IO with Redis and PostgreSQL, as the requirements of this project sketch
/// it.
public final class SocketIo implements Subject {
    private final ServerProcess server;
    private final int port;
    private final String name;

    public SocketIo(Path folder) throws IOException {
        port = ServerProcess.freePort();
        server =
                ServerProcess.peer(
                        "socketio",
                        folder,
                        List.of(port, ServerProcess.freePort(), ServerProcess.freePort()));
        name = Files.readString(folder.resolve("version")).strip();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String durability() {
        return "on disk: the message committed in PostgreSQL (synchronous_commit); what waits for devices that are away is in Redis and on disk within a second";
    }

    @Override
    public List<Long> pids() {
        return server.pids();
    }

    @Override
    public void prepare(List<Conversation> conversations) throws IOException {
        String body =
                conversations.stream()
                        .map(conversation ->
                                "{\"id\":\"%s\",\"members\":[\"%s\"]}"
                                        .formatted(
                                                conversation.id(),
                                                String.join("\",\"", conversation.members())))
                        .collect(Collectors.joining(",", "[", "]"));
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                            .version(HttpClient.Version.HTTP_1_1)
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build();
            http.send(request, HttpResponse.BodyHandlers.discarding());
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public Device device(String user, String deviceName, Ear ear) {
        return new SocketIoDevice(port, user, deviceName, ear);
    }

    @Override
    public void close() {
        server.close();
    }
}
