package dev.bocau.testing;

import dev.bocau.frame.WireFormat;
import java.util.Locale;
import java.util.function.Supplier;

/// The transports in their encodings, as tests reach them: ways to one server that promise the
/// same.
public enum Transport {
    WEBSOCKET_JSON(dev.bocau.session.Transport.WEBSOCKET),
    WEBSOCKET_PROTO(dev.bocau.session.Transport.WEBSOCKET),
    TCP(dev.bocau.session.Transport.TCP),
    POLL_JSON(dev.bocau.session.Transport.LONGPOLL),
    POLL_PROTO(dev.bocau.session.Transport.LONGPOLL),
    MQTT_5_JSON(dev.bocau.session.Transport.MQTT),
    MQTT_5_PROTO(dev.bocau.session.Transport.MQTT),
    MQTT_3_JSON(dev.bocau.session.Transport.MQTT),
    MQTT_3_PROTO(dev.bocau.session.Transport.MQTT),
    SOCKETIO(dev.bocau.session.Transport.SOCKETIO);

    private final dev.bocau.session.Transport counted;

    Transport(dev.bocau.session.Transport counted) {
        this.counted = counted;
    }

    /// As the server's metrics call it.
    public String tag() {
        return counted.name().toLowerCase(Locale.ROOT);
    }

    /// Where the server listens for it.
    public int port(TestServer server) {
        return switch (counted) {
            case WEBSOCKET, LONGPOLL, SOCKETIO -> server.realtimePort();
            case TCP -> server.tcpPort();
            case MQTT -> server.mqttPort();
        };
    }

    /// A way to a port of this machine, behind which is a server, or something in between. Opening
    /// throws {@link java.io.UncheckedIOException} if it does not succeed. A link tells the code
    /// with which the server has ended it, however the transport says so.
    public Link.Opener to(int port) {
        return switch (this) {
            case WEBSOCKET_JSON -> SocketLink.to(port, WireFormat.JSON);
            case WEBSOCKET_PROTO -> SocketLink.to(port, WireFormat.PROTO);
            case TCP -> TcpLink.to(port);
            case POLL_JSON -> PollLink.to(port, WireFormat.JSON);
            case POLL_PROTO -> PollLink.to(port, WireFormat.PROTO);
            case MQTT_5_JSON -> MqttLink.to(port, MqttLink.JSON_5);
            case MQTT_5_PROTO -> MqttLink.to(port, MqttLink.PROTO_5);
            case MQTT_3_JSON -> MqttLink.to(port, MqttLink.JSON_3);
            case MQTT_3_PROTO -> MqttLink.to(port, MqttLink.PROTO_3);
            case SOCKETIO -> SocketIoLink.to(port);
        };
    }

    public Link.Opener to(TestServer server) {
        return to(port(server));
    }

    public TestDevice device(TestServer server, String user, String id) {
        Supplier<String> token = () -> server.token(user);
        return new TestDevice(to(server), user, id, token);
    }
}
