package dev.bocau.gateway;

import dev.bocau.gateway.longpoll.LongPollGateway;
import dev.bocau.gateway.socketio.SocketIoGateway;
import dev.bocau.gateway.websocket.WebSocketGateway;
import dev.bocau.testing.FuzzedSockets;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// What comes to the realtime port: requests that are none, for all of its paths, and what follows
/// good ones on the same socket.
public final class RealtimeFuzz {
    private static final FuzzedSockets SOCKETS = new FuzzedSockets();

    /// Ids of connections are the same each time, so that requests can name them.
    private static final long IDS = 1;

    private RealtimeFuzz() {}

    /// What is asked first.
    private enum Beginning {
        NOTHING,
        WEBSOCKET,
        POLL,
        SOCKET_IO_POLLING,
        SOCKET_IO_WEBSOCKET;

        String said() {
            return switch (this) {
                case NOTHING -> "";
                case WEBSOCKET -> upgrade("/ws", "Sec-WebSocket-Protocol: bocau.v1.json\r\n");
                case POLL ->
                        post(
                                "/poll",
                                "{\"type\":\"device_connect\",\"token\":\"%s\",\"device\":{\"id\":\"phone\",\"type\":\"web\",\"platform\":\"web\"}}"
                                        .formatted(SOCKETS.token()));
                case SOCKET_IO_POLLING ->
                        "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n";
                case SOCKET_IO_WEBSOCKET -> upgrade("/socket.io/?EIO=4&transport=websocket", "");
            };
        }

        private static String upgrade(String path, String header) {
            return "GET %s HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n"
                    .formatted(path, header);
        }

        private static String post(String path, String body) {
            return "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
                    .formatted(path, body.length(), body);
        }
    }

    /// One socket, from its beginning to its end.
    ///
    /// @param input what is asked first; and then the bytes
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        Beginning beginning = Beginning.values()[(input[0] & 0xff) % Beginning.values().length];
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        RealtimePaths paths =
                new RealtimePaths(
                        SOCKETS.limits(),
                        new Cors(Set.of("https://chat.example.org")),
                        List.of(
                                new WebSocketGateway(SOCKETS.sessions(), SOCKETS.limits()),
                                new LongPollGateway(
                                        SOCKETS.sessions(),
                                        SOCKETS.limits(),
                                        new SplittableRandom(IDS)),
                                new SocketIoGateway(
                                        SOCKETS.sessions(),
                                        SOCKETS.limits(),
                                        new SplittableRandom(IDS))));
        SOCKETS.client(
                paths::opened,
                List.of(beginning.said().getBytes(StandardCharsets.US_ASCII), bytes));
    }
}
