package dev.bocau.gateway.socketio;

import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.json.JSONObject;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One device with a Socket.IO client that nobody here wrote; what comes is kept.
final class Person implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final JsonMapper JSON = JsonMapper.shared();

    final Socket socket;
    private final List<Event> events = new ArrayList<>();

    /// Something that came.
    record Event(String name, JsonNode payload) {}

    /// @param auth as an app would pass it
    Person(int port, String[] transports, Map<String, String> auth) {
        IO.Options options = new IO.Options();
        options.forceNew = true;
        options.transports = transports;
        options.auth = auth;
        options.reconnectionDelay = 50;
        options.reconnectionDelayMax = 200;
        socket = IO.socket(URI.create("http://127.0.0.1:%d/chat".formatted(port)), options);
        socket.onAnyIncoming(arguments ->
                keep(
                        (String) arguments[0],
                        arguments.length > 1 ? tree(arguments[1]) : JSON.createObjectNode()));
        for (String own : List.of("connect", "disconnect", "connect_error")) {
            socket.on(
                    own,
                    arguments ->
                            keep(
                                    own,
                                    arguments.length > 0 && arguments[0] instanceof JSONObject what
                                            ? tree(what)
                                            : JSON.getNodeFactory()
                                                    .stringNode(
                                                            arguments.length > 0
                                                                    ? "" + arguments[0]
                                                                    : "")));
        }
    }

    Person connect() {
        socket.connect();
        return this;
    }

    private static JsonNode tree(Object json) {
        return JSON.readTree(json.toString());
    }

    private synchronized void keep(String name, JsonNode payload) {
        events.add(new Event(name, payload));
        notifyAll();
    }

    void emit(String name, Map<String, ?> payload) {
        socket.emit(name, new JSONObject(payload));
    }

    /// Emits, and waits for the client's callback to be called.
    JsonNode ask(String name, Map<String, ?> payload) throws Exception {
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        socket.emit(
                name,
                new Object[] {new JSONObject(payload)},
                (Ack) arguments -> answer.complete(tree(arguments[0])));
        return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    JsonNode send(String conversation, String localId, String content) throws Exception {
        return ask(
                "send_message",
                Map.of(
                        "localId", localId,
                        "conversationId", conversation,
                        "content", content,
                        "type", "text",
                        "timestamp", 1_627_890_123_500L));
    }

    synchronized List<Event> events(String name) {
        return events.stream().filter(event -> event.name().equals(name)).toList();
    }

    JsonNode await(String name) {
        return await(name, payload -> true);
    }

    JsonNode await(String name, Predicate<JsonNode> which) {
        return awaitAny(List.of(name), which);
    }

    private synchronized JsonNode awaitAny(List<String> names, Predicate<JsonNode> which) {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            for (Event event : events) {
                if (names.contains(event.name()) && which.test(event.payload())) {
                    return event.payload();
                }
            }
            long leftMs = (until - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                throw new AssertionError("no %s among %s".formatted(names, events));
            }
            try {
                wait(leftMs);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /// Whether an event of this kind has come for something of its own.
    boolean knows(String name, String localId) {
        return events(name).stream()
                .anyMatch(event -> event.payload().path("localId").asString("").equals(localId));
    }

    /// Waits for a message, live or caught up with.
    void awaitContent(String content) {
        awaitAny(
                List.of("new_message", "sync_missed_messages", "sync_conversation_states"),
                payload -> payload.findValuesAsString("content").contains(content));
    }

    synchronized void forget() {
        events.clear();
    }

    @Override
    public void close() {
        socket.disconnect();
    }
}
