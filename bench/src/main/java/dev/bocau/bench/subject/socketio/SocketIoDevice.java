package dev.bocau.bench.subject.socketio;

import dev.bocau.bench.subject.Device;
import dev.bocau.bench.subject.Link;
import dev.bocau.bench.subject.Subject.Ear;
import dev.bocau.bench.subject.WebSocketClient;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A device that speaks Socket.IO 5 over Engine.IO 4, WebSocket only. It reports what was delivered
/// as often as one of Bocau acknowledges.
final class SocketIoDevice extends Device {
    private static final int REPORT_EVERY = 32;
    private static final long REPORT_MS = 100;

    private final String user;
    private final String name;
    private final Ear ear;
    private final String localIds = Long.toString(System.nanoTime(), 36) + "-";
    private long sent;

    SocketIoDevice(int port, String user, String name, Ear ear) {
        super(port);
        this.user = user;
        this.name = name;
        this.ear = ear;
    }

    @Override
    protected Link open() {
        return new Connection();
    }

    private final class Connection extends WebSocketClient {
        private static final String EVENT = "42/chat,[\"";

        /// Ids of messages by conversation.
        private final Map<String, List<String>> unreported = new HashMap<>();

        private int unreportedCount;
        private boolean timing;

        Connection() {
            super(ear, "/socket.io/?EIO=4&transport=websocket", "");
        }

        @Override
        protected void opened() {}

        private void write(String packet) {
            write(TEXT, ByteBufUtil.writeUtf8(context().alloc(), packet));
        }

        @Override
        protected void frame(ByteBuf payload) {
            String packet = payload.toString(StandardCharsets.UTF_8);
            if (packet.startsWith(EVENT)) {
                int end = packet.indexOf('"', EVENT.length());
                event(packet.substring(EVENT.length(), end), packet);
            } else if (packet.startsWith("0")) {
                write("40/chat,{\"userId\":\"%s\",\"deviceId\":\"%s\"}".formatted(user, name));
            } else if (packet.equals("2")) {
                write("3");
            } else if (packet.startsWith("44") || packet.startsWith("41") || packet.equals("1")) {
                fail(packet);
            }
        }

        private void event(String event, String packet) {
            switch (event) {
                case "new_message" -> messages(packet);
                case "message_received" -> ear.confirmed();
                case "sync_missed_messages" -> {
                    int count = messages(packet);
                    write(EVENT + "sync_received\",{\"count\":" + count + "}]");
                }
                case "sync_conversation_states" -> ready();
                case "error" -> ear.refused(packet);
                default -> {}
            }
        }

        /// Finds the messages of a packet: the server writes their fields in this order, and the
        /// strings hold nothing that JSON would escape.
        private int messages(String packet) {
            int count = 0;
            int at = packet.indexOf("{\"id\":\"");
            while (at >= 0) {
                String id = after("\"id\":\"", packet, at);
                String conversation = after("\"conversationId\":\"", packet, at);
                ear.heard(conversation, after("\"content\":\"", packet, at));
                unreported.computeIfAbsent(conversation, _ -> new ArrayList<>()).add(id);
                unreportedCount++;
                count++;
                at = packet.indexOf("{\"id\":\"", at + 1);
            }
            return count;
        }

        private static String after(String name, String packet, int from) {
            int start = packet.indexOf(name, from) + name.length();
            return packet.substring(start, packet.indexOf('"', start));
        }

        @Override
        protected void idle() {
            if (unreportedCount >= REPORT_EVERY) {
                report();
            } else if (unreportedCount > 0 && !timing) {
                timing = true;
                var _ =
                        context()
                                .executor()
                                .schedule(
                                        () -> {
                                            timing = false;
                                            report();
                                        },
                                        REPORT_MS,
                                        TimeUnit.MILLISECONDS);
            }
        }

        private void report() {
            unreported.forEach((conversation, ids) ->
                    write(
                            EVENT
                                    + "message_delivered\",{\"conversationId\":\"%s\",\"messageIds\":[\"%s\"]}]"
                                            .formatted(conversation, String.join("\",\"", ids))));
            unreported.clear();
            unreportedCount = 0;
        }

        @Override
        protected void farewell() {
            report();
            write("41/chat,");
            super.farewell();
        }

        @Override
        protected void send(String conversation, String content) {
            write(
                    EVENT
                            + "send_message\",{\"localId\":\"%s\",\"conversationId\":\"%s\",\"content\":\"%s\",\"type\":\"text\"}]"
                                    .formatted(localIds + sent++, conversation, content));
        }
    }
}
