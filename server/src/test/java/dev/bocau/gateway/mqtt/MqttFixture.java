package dev.bocau.gateway.mqtt;

import dev.bocau.frame.WireFormat;
import dev.bocau.testing.MqttLink;
import dev.bocau.testing.MqttLink.Dialect;
import dev.bocau.testing.ServerFixture;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestServer;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// A real server that is spoken to in MQTT, and over WebSocket beside it.
@org.jspecify.annotations.NullUnmarked
abstract class MqttFixture extends ServerFixture {
    @BeforeAll
    static void start(@TempDir Path folder) {
        start(folder, Map.of("LIMITS_HEARTBEAT_MIN_MS", "750", "LIMITS_TOKEN_GRACE_MS", "300"));
    }

    static Stream<Dialect> dialects() {
        return Stream.of(MqttLink.JSON_5, MqttLink.JSON_3, MqttLink.PROTO_5, MqttLink.PROTO_3);
    }

    TestDevice mqtt(Dialect dialect, String user, String id) {
        return mqtt(server, dialect, user, id);
    }

    TestDevice mqtt(TestServer on, Dialect dialect, String user, String id) {
        return device(user, id, MqttLink.to(on.mqttPort(), dialect), () -> on.token(user));
    }

    TestDevice websocket(String user, String id) {
        return kept(server.device(WireFormat.JSON, user, id));
    }
}
