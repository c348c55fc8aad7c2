package dev.bocau.frame;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.ServerFrame;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The client's side of the JSON encoding: what a server only writes is read, and what it only
/// reads is written.
public final class TestFrames {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private TestFrames() {}

    public static String json(ClientFrame frame) {
        return "{" + new String(JsonWriter.body(frame), StandardCharsets.UTF_8);
    }

    public static String json(ServerFrame frame) {
        byte[] envelope = WireFormat.JSON.envelope(frame.getPosition().toByteArray());
        byte[] body = JsonWriter.body(frame.toBuilder().clearPosition().build());
        return new String(envelope, StandardCharsets.UTF_8)
                + new String(body, StandardCharsets.UTF_8);
    }

    public static byte[] proto(ServerFrame frame) {
        byte[] envelope = WireFormat.PROTO.envelope(frame.getPosition().toByteArray());
        byte[] body = WireFormat.PROTO.body(frame.toBuilder().clearPosition().build());
        byte[] whole = java.util.Arrays.copyOf(envelope, envelope.length + body.length);
        System.arraycopy(body, 0, whole, envelope.length, body.length);
        return whole;
    }

    public static ClientFrame clientFrame(String json) {
        return WireFormat.JSON.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    public static ServerFrame serverFrame(String json) {
        ObjectNode tree = (ObjectNode) MAPPER.readTree(json);
        ServerFrame.Builder frame = ServerFrame.newBuilder();
        if (tree.has("position")) {
            byte[] position = Base64.getUrlDecoder().decode(tree.remove("position").asString());
            frame.setPosition(ByteString.copyFrom(position));
        }
        mapsAsLists(tree);
        FieldDescriptor body =
                ServerFrame.getDescriptor().findFieldByName(tree.remove("type").asString());
        Message.Builder message = frame.newBuilderForField(body);
        try (JsonParser in =
                new JsonFactory().createParser(ObjectReadContext.empty(), tree.toString())) {
            in.nextToken();
            frame.setField(body, JsonReader.message(in, message));
        }
        return frame.build();
    }

    /// Protobuf keeps a map as a list of its entries, which is what the reader knows; no client
    /// frame has one.
    private static void mapsAsLists(JsonNode node) {
        if (node instanceof ObjectNode object && object.get("devices") instanceof ObjectNode map) {
            ArrayNode list = MAPPER.createArrayNode();
            map.forEachEntry((key, value) -> list.addObject().put("key", key).set("value", value));
            object.set("devices", list);
        }
        node.forEach(TestFrames::mapsAsLists);
    }
}
