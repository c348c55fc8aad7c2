package dev.bocau.testing;

import dev.bocau.Server;
import dev.bocau.config.Config;
import dev.bocau.frame.WireFormat;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A whole server of this process, on free ports.
public final class TestServer implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path folder;
    private final Optional<String> adminKey;
    private final Server server;

    /// @param settings environment variables, without their BOCAU_
    public TestServer(Path folder, Map<String, String> settings) {
        this.folder = folder;
        this.adminKey = Optional.ofNullable(settings.get("ADMIN_KEY"));
        Map<String, String> environment = new HashMap<>();
        environment.put("BOCAU_DATA_DIR", folder.toString());
        environment.put("BOCAU_HTTP_PORT", "0");
        environment.put("BOCAU_REALTIME_PORT", "0");
        environment.put("BOCAU_TCP_PORT", "0");
        environment.put("BOCAU_MQTT_PORT", "0");
        environment.put("BOCAU_OPS_PORT", "0");
        settings.forEach((name, value) -> environment.put("BOCAU_" + name, value));
        server = Server.start(Config.load(Optional.empty(), environment), false);
    }

    /// An answer over HTTP.
    public record Answer(int status, String contentType, JsonNode body) {}

    public String adminKey() {
        if (adminKey.isPresent()) {
            return adminKey.get();
        }
        try {
            return Files.readString(folder.resolve("admin.key")).strip();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    public URI http(String path) {
        return URI.create("http://127.0.0.1:%d%s".formatted(server.httpPort(), path));
    }

    public URI ops(String path) {
        return URI.create("http://127.0.0.1:%d%s".formatted(server.opsPort(), path));
    }

    public URI websocket() {
        return URI.create("ws://127.0.0.1:%d/ws".formatted(server.realtimePort()));
    }

    /// Something on the realtime port.
    public URI realtime(String path) {
        return URI.create("http://127.0.0.1:%d%s".formatted(server.realtimePort(), path));
    }

    public int mqttPort() {
        return server.mqttPort().orElseThrow();
    }

    public int realtimePort() {
        return server.realtimePort();
    }

    public int tcpPort() {
        return server.tcpPort().orElseThrow();
    }

    public Answer ask(String method, String path, String credential, String body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(http(path))
                        .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!credential.isEmpty()) {
            request.header("Authorization", "Bearer " + credential);
        }
        return ask(request.build());
    }

    public Answer admin(String method, String path, String body) {
        return ask(method, path, adminKey(), body);
    }

    public static Answer ask(HttpRequest request) {
        try {
            HttpResponse<String> response =
                    HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            String type = response.headers().firstValue("Content-Type").orElse("");
            JsonNode body =
                    type.contains("json")
                            ? JSON.readTree(response.body())
                            : JSON.getNodeFactory().stringNode(response.body());
            return new Answer(response.statusCode(), type, body);
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    public String token(String user) {
        return token(user, "");
    }

    /// A token with something special to it.
    public String token(String user, String wanted) {
        return admin("POST", "/v1/users/" + user + "/tokens", wanted)
                .body()
                .get("token")
                .asString();
    }

    public void direct(String id, String one, String other) {
        Answer answer =
                admin(
                        "PUT",
                        "/v1/conversations/" + id,
                        "{\"kind\":\"direct\",\"members\":[\"%s\",\"%s\"]}".formatted(one, other));
        if (answer.status() != 200) {
            throw new AssertionError(answer);
        }
    }

    public TestDevice device(WireFormat format, String user, String id) {
        Supplier<String> token = () -> token(user);
        return new TestDevice(SocketLink.to(websocket(), format), user, id, token);
    }

    @Override
    public void close() {
        server.close();
    }
}
