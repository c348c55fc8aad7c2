package dev.bocau.gateway.socketio;

import dev.bocau.frame.SharedFrame;
import dev.bocau.frame.WireFormat;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What the events of a Socket.IO chat are in frames, and the other way round. Both are JSON and
/// mostly the same; where they differ, README.md has the table.
final class Events {
    static final String DEVICE_CONNECT = "device_connect";
    private static final String KIND = "kind";
    private static final String TYPE = "type";
    private static final String DEVICE = "device";

    /// Events that other gateways know under another name.
    private static final Map<String, String> ALIASES = Map.of("mark_as_read", "mark_read");

    /// Frames of ours that are no events: a client of these has no positions.
    private static final List<String> NO_EVENTS = List.of("ack", "ping");

    /// An event for the client.
    ///
    /// @param packet as it is sent, the same to all
    record Event(String name, ObjectNode payload, String packet) {
        Event(String name, ObjectNode payload) {
            this(name, payload, packet(name, payload));
        }

        private static String packet(String name, ObjectNode payload) {
            JsonNode data = Packet.JSON.createArrayNode().add(name).add(payload);
            return new Packet(Packet.Kind.EVENT, ChatClient.NAMESPACE, OptionalLong.empty(), data)
                    .text();
        }
    }

    private Events() {}

    // ----------------------------------------------------------------------------- from the client

    /// The frame that an event is, in JSON, for the reader of frames to check.
    static byte[] frame(String name, JsonNode payload) {
        String type = ALIASES.getOrDefault(name, name);
        ObjectNode frame = payload instanceof ObjectNode object ? object : object();
        if (frame.has(TYPE) && !frame.has(KIND)) {
            frame.set(KIND, frame.get(TYPE));
        }
        frame.put(TYPE, NO_EVENTS.contains(type) ? "no_event" : type);
        return bytes(frame);
    }

    /// The frame with which a device introduces itself. Its fields may stand under `device` or
    /// beside the token, under the names that such clients use.
    ///
    /// @param auth what came with the connection
    /// @param data what came with the event device_connect; missing if there was none
    static byte[] introduction(JsonNode auth, JsonNode data) {
        ObjectNode device = object();
        copy(device, "id", auth, data, "deviceId", "id");
        copy(device, TYPE, auth, data, "deviceType", TYPE);
        copy(device, "platform", auth, data, "platform");
        copy(device, "appVersion", auth, data, "appVersion");
        copy(device, "pushToken", auth, data, "pushToken");
        ObjectNode frame = object().put(TYPE, DEVICE_CONNECT).put("storedCursor", true);
        copy(frame, "token", auth, data, "token");
        frame.set(DEVICE, device);
        return bytes(frame);
    }

    /// Whether these name a device.
    static boolean namesDevice(JsonNode auth) {
        return auth.has("deviceId") || auth.path(DEVICE).isObject();
    }

    private static void copy(
            ObjectNode to, String field, JsonNode auth, JsonNode data, String... names) {
        for (JsonNode from : List.of(auth, auth.path(DEVICE), data, data.path(DEVICE))) {
            for (String name : names) {
                if (from.path(name).isString()) {
                    to.set(field, from.get(name));
                }
            }
        }
    }

    // ------------------------------------------------------------------------------ for the client

    /// The events that a frame is.
    static List<Event> of(SharedFrame frame) {
        byte[] body = frame.body(WireFormat.JSON);
        ObjectNode fields =
                (ObjectNode) Packet.JSON.readTree("{" + new String(body, StandardCharsets.UTF_8));
        String name = fields.remove(TYPE).asString();
        return switch (name) {
            case "pong" -> List.of();
            case "new_message" -> List.of(new Event(name, message(fields)));
            case "sync_missed_messages" -> List.of(new Event(name, missed(fields)));
            case "sync_conversation_states" -> List.of(new Event(name, states(fields)));
            case "messages_read_sync" -> List.of(new Event(name, readSync(fields)));
            case "read_receipts" -> receipts(fields.path("receipts"));
            default -> List.of(new Event(name, fields));
        };
    }

    private static ObjectNode message(ObjectNode message) {
        message.set(TYPE, message.path(KIND));
        return message;
    }

    private static void messages(JsonNode list) {
        list.forEach(each -> message((ObjectNode) each));
    }

    private static ObjectNode missed(ObjectNode page) {
        messages(page.path("messages"));
        messages(page.path("changedMessages"));
        messages(page.path("deletedMessages"));
        page.path("conversations").forEach(each -> messages(each.path("recent")));
        page.path("reads").forEach(each -> readSync((ObjectNode) each));
        return page;
    }

    private static ObjectNode states(ObjectNode page) {
        ObjectNode unread = object();
        for (JsonNode each : page.path("conversations")) {
            unread.set(each.path("id").asString(), each.path("unreadCount"));
            messages(each.path("recent"));
        }
        page.set("unreadCounts", unread);
        return page;
    }

    /// "Read on iPhone": such clients show `syncedFrom` as it comes.
    private static ObjectNode readSync(ObjectNode read) {
        JsonNode from = read.path("syncedFrom");
        read.set("syncedFromDevice", from);
        read.set("syncedFrom", from.path(TYPE));
        read.set("messageIds", listOf(read.path("messageId")));
        return read;
    }

    /// One per person and conversation, and one per message, for clients that know either.
    private static List<Event> receipts(JsonNode receipts) {
        List<Event> events = new ArrayList<>();
        for (JsonNode each : receipts) {
            ObjectNode receipt = (ObjectNode) each;
            receipt.set("messageIds", listOf(receipt.path("messageId")));
            events.add(new Event("read_receipts", receipt));
            ObjectNode read = object();
            read.set("messageId", receipt.path("messageId"));
            read.set("conversationId", receipt.path("conversationId"));
            read.set("readBy", receipt.path("userId"));
            read.set("readAt", receipt.path("timestamp"));
            events.add(new Event("message_read_receipt", read));
        }
        return events;
    }

    /// The localId of an answer, by which it belongs to what was asked.
    static Optional<String> localId(Event event) {
        return Optional.of(event.payload().path("localId"))
                .filter(JsonNode::isString)
                .map(JsonNode::asString);
    }

    private static ArrayNode listOf(JsonNode only) {
        return Packet.JSON.createArrayNode().add(only);
    }

    private static ObjectNode object() {
        return Packet.JSON.createObjectNode();
    }

    private static byte[] bytes(ObjectNode frame) {
        return Packet.JSON.writeValueAsBytes(frame);
    }
}
