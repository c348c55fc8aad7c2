package dev.bocau.bench.wire;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Engine.IO 4 and Socket.IO 5, as npm's client says it. A pong acknowledges.
abstract class SocketIoWire extends Wire {
    private static final String CHAT = "/chat,";
    private static final String PING = "2";
    private static final String PONG = "3";
    private static final Pattern EVENT = Pattern.compile("^42/chat,\\[\"([a-z_]+)\"");

    private final Installation device;
    private int callbacks;

    SocketIoWire(Installation device) {
        this.device = device;
    }

    abstract void write(String packet) throws IOException;

    abstract String read() throws IOException;

    @Override
    public void introduce() throws IOException {
        write(
                "40%s{\"token\":\"%s\",\"deviceId\":\"%s\",\"deviceType\":\"mobile\",\"platform\":\"android\",\"appVersion\":\"1.0\"}"
                        .formatted(CHAT, device.token(), device.id()));
    }

    @Override
    public void send(String conversation, String localId, String content) throws IOException {
        emit(
                "[\"send_message\",{\"localId\":\"%s\",\"conversationId\":\"%s\",\"content\":\"%s\",\"type\":\"text\"}]"
                        .formatted(localId, conversation, content));
    }

    @Override
    public void markRead(String conversation, long seq) throws IOException {
        emit("[\"mark_read\",{\"conversationId\":\"%s\",\"seq\":%d}]".formatted(conversation, seq));
    }

    private void emit(String event) throws IOException {
        write("42%s%d%s".formatted(CHAT, callbacks++, event));
    }

    @Override
    public void acknowledge() throws IOException {
        String packet = read();
        while (!packet.equals(PING)) {
            packet = read();
        }
        write(PONG);
    }

    @Override
    public void beat() throws IOException {
        acknowledge();
    }

    @Override
    String next() throws IOException {
        while (true) {
            String packet = read();
            Matcher event = EVENT.matcher(packet);
            if (event.find()) {
                return event.group(1);
            }
            if (packet.equals(PING)) {
                write(PONG);
            } else if (packet.startsWith("44")) {
                throw new IOException("refused: " + packet);
            }
        }
    }

    /// WebSocket from the start: a message is a packet.
    static final class OnWebSocket extends SocketIoWire {
        private final WebSocketPlug plug;

        OnWebSocket(int port, Installation device) throws IOException {
            super(device);
            plug = new WebSocketPlug(port, "/socket.io/?EIO=4&transport=websocket", "", meter());
            read();
        }

        @Override
        void write(String packet) throws IOException {
            plug.write(WebSocketPlug.TEXT, packet.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        String read() throws IOException {
            return new String(plug.read(), StandardCharsets.UTF_8);
        }

        @Override
        public void close() throws IOException {
            plug.close();
        }
    }

    /// Polling only: on one socket a request waits, on the other packets are posted.
    static final class Polling extends SocketIoWire {
        private static final String PATH = "/socket.io/?EIO=4&transport=polling";
        private static final Pattern SID = Pattern.compile("\"sid\":\"([^\"]+)\"");
        private static final String SEPARATOR = "\u001e";

        private final Plug fetching;
        private final Plug posting;
        private final String path;
        private String[] come = {};
        private int read;

        Polling(int port, Installation device) throws IOException {
            super(device);
            fetching = new Plug(port, meter());
            posting = new Plug(port, meter());
            fetching.get(PATH);
            String handshake = text(fetching.response());
            Matcher sid = SID.matcher(handshake);
            if (!sid.find()) {
                throw new IOException("no handshake: " + handshake);
            }
            path = PATH + "&sid=" + sid.group(1);
            fetching.get(path);
        }

        private static String text(Plug.Response answer) {
            return new String(answer.body(), StandardCharsets.UTF_8);
        }

        @Override
        void write(String packet) throws IOException {
            posting.post(path, "text/plain;charset=UTF-8", packet.getBytes(StandardCharsets.UTF_8));
            posting.response();
        }

        @Override
        String read() throws IOException {
            if (read == come.length) {
                come = text(fetching.response()).split(SEPARATOR, -1);
                read = 0;
                fetching.get(path);
            }
            return come[read++];
        }

        @Override
        public void rest() throws IOException {
            posting.close();
        }

        @Override
        public void close() throws IOException {
            fetching.close();
            rest();
        }
    }
}
