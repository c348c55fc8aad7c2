package dev.bocau.bench.wire;

import dev.bocau.bench.subject.bocau.Bocau;
import java.io.IOException;

/// The ways to a server: its transports, each in the encodings that it has.
public enum Way {
    TCP("TCP, protobuf"),
    WEBSOCKET_PROTO("WebSocket, protobuf"),
    WEBSOCKET_JSON("WebSocket, JSON"),
    MQTT_PROTO("MQTT 5, protobuf"),
    MQTT_JSON("MQTT 5, JSON"),
    POLL_PROTO("long-polling, protobuf"),
    POLL_JSON("long-polling, JSON"),
    SOCKETIO_WEBSOCKET("Socket.IO on WebSocket"),
    SOCKETIO_POLLING("Socket.IO, polling");

    private final String title;

    Way(String title) {
        this.title = title;
    }

    /// In words.
    @Override
    public String toString() {
        return title;
    }

    /// Opens a connection; the device has not said anything yet.
    public Wire open(Bocau server, Installation device) throws IOException {
        int realtime = server.realtimePort();
        return switch (this) {
            case TCP -> new TcpWire(server.tcpPort(), device);
            case WEBSOCKET_PROTO -> new WebSocketWire(realtime, Encoding.PROTO, device);
            case WEBSOCKET_JSON -> new WebSocketWire(realtime, Encoding.JSON, device);
            case MQTT_PROTO -> new MqttWire(server.mqttPort(), Encoding.PROTO, device);
            case MQTT_JSON -> new MqttWire(server.mqttPort(), Encoding.JSON, device);
            case POLL_PROTO -> new PollWire(realtime, Encoding.PROTO, device);
            case POLL_JSON -> new PollWire(realtime, Encoding.JSON, device);
            case SOCKETIO_WEBSOCKET -> new SocketIoWire.OnWebSocket(realtime, device);
            case SOCKETIO_POLLING -> new SocketIoWire.Polling(realtime, device);
        };
    }
}
