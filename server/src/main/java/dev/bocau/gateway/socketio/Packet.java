package dev.bocau.gateway.socketio;

import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// A Socket.IO packet (protocol 5) without attachments: `2/chat,17["send_message",{…}]`.
///
/// @param id by which an acknowledgement belongs to its event
/// @param data missing if there is none
record Packet(Kind kind, String namespace, OptionalLong id, JsonNode data) {
    private static final int MAX_DEPTH = 16;
    private static final int ID_DIGITS = 15;
    private static final String ROOT = "/";

    /// Reads and writes all JSON here.
    static final JsonMapper JSON =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(MAX_DEPTH)
                                                    .build())
                                    .build())
                    .build();

    /// In the order of their numbers.
    enum Kind {
        CONNECT,
        DISCONNECT,
        EVENT,
        ACK,
        CONNECT_ERROR
    }

    /// A packet; empty if it is none, or one with attachments, which are not taken here.
    static Optional<Packet> parse(String text) {
        if (text.isEmpty() || text.charAt(0) < '0' || text.charAt(0) > '4') {
            return Optional.empty();
        }
        Kind kind = Kind.values()[text.charAt(0) - '0'];
        int at = 1;
        String namespace = ROOT;
        if (text.startsWith(ROOT, at)) {
            int comma = text.indexOf(',', at);
            int end = comma < 0 ? text.length() : comma;
            namespace = withoutQuery(text.substring(at, end));
            at = Math.min(end + 1, text.length());
        }
        int end = at;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        if (end - at > ID_DIGITS) {
            return Optional.empty();
        }
        OptionalLong id =
                end > at
                        ? OptionalLong.of(Long.parseLong(text.substring(at, end)))
                        : OptionalLong.empty();
        try {
            String rest = text.substring(end);
            JsonNode data = rest.isEmpty() ? MissingNode.getInstance() : JSON.readTree(rest);
            return Optional.of(new Packet(kind, namespace, id, data)).filter(Packet::fits);
        } catch (JacksonException notJson) {
            return Optional.empty();
        }
    }

    private static String withoutQuery(String namespace) {
        int query = namespace.indexOf('?');
        return query < 0 ? namespace : namespace.substring(0, query);
    }

    private boolean fits() {
        return switch (kind) {
            case CONNECT -> data.isMissingNode() || data.isObject();
            case DISCONNECT -> data.isMissingNode();
            case EVENT -> data.isArray() && data.path(0).isString();
            case ACK -> data.isArray() && id.isPresent();
            case CONNECT_ERROR -> data.isObject() || data.isString();
        };
    }

    /// As it is sent.
    String text() {
        StringBuilder text = new StringBuilder().append(kind.ordinal());
        if (!namespace.equals(ROOT)) {
            text.append(namespace).append(',');
        }
        id.ifPresent(text::append);
        if (!data.isMissingNode()) {
            text.append(JSON.writeValueAsString(data));
        }
        return text.toString();
    }
}
