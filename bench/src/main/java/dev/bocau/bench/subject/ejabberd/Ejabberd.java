package dev.bocau.bench.subject.ejabberd;

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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// An XMPP server with its archive in PostgreSQL. A conversation of two is a chat between them, a
/// group a room that all its members are in.
public final class Ejabberd implements Subject {
    private final HttpClient http = HttpClient.newHttpClient();
    private final ServerProcess server;
    private final int port;
    private final int apiPort;
    private final String name;
    private final Set<String> registered = new HashSet<>();
    private final Map<String, Conversation> conversations = new ConcurrentHashMap<>();
    private final Map<String, String> groupOf = new ConcurrentHashMap<>();

    public Ejabberd(Path folder) throws IOException {
        port = ServerProcess.freePort();
        apiPort = ServerProcess.freePort();
        server =
                ServerProcess.peer(
                        "ejabberd", folder, List.of(port, apiPort, ServerProcess.freePort()));
        name = Files.readString(folder.resolve("version")).strip();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String durability() {
        return "on disk: the message in the sender's archive (stream management's ack comes after PostgreSQL's commit; in a group the reflected message, after the room's archive); the recipient's archive has it soon after; no ticks";
    }

    @Override
    public List<Long> pids() {
        return server.pids();
    }

    @Override
    public void prepare(List<Conversation> made) {
        for (Conversation conversation : made) {
            conversations.put(conversation.id(), conversation);
            if (!conversation.direct()) {
                conversation.members().forEach(member -> groupOf.put(member, conversation.id()));
            }
        }
    }

    /// The user is known to the server from here on; the password is the name.
    synchronized void register(String user) throws IOException {
        if (registered.contains(user)) {
            return;
        }
        String body =
                "{\"user\":\"%s\",\"host\":\"localhost\",\"password\":\"%s\"}"
                        .formatted(user, user);
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + apiPort + "/api/register"))
                        .version(HttpClient.Version.HTTP_1_1)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        try {
            HttpResponse<String> response =
                    http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IOException("not registered: " + response.body());
            }
            registered.add(user);
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    /// Who else is in a conversation of two.
    String other(String conversation, String user) {
        List<String> members = Objects.requireNonNull(conversations.get(conversation)).members();
        return members.getFirst().equals(user) ? members.getLast() : members.getFirst();
    }

    @Override
    public Device device(String user, String deviceName, Ear ear) {
        return new XmppDevice(port, this, user, deviceName, groupOf.getOrDefault(user, ""), ear);
    }

    @Override
    public void close() {
        server.close();
        http.close();
    }
}
