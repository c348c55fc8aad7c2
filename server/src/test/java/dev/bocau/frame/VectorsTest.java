package dev.bocau.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.bocau.model.Code;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.ServerFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Both encodings say what the golden frames say, which every implementation runs. `-Dbocau.update`
/// writes the binary halves and the generated parts of the documents anew: look at the difference
/// before committing it.
class VectorsTest {
    private static final Path PROTOCOL = Path.of("../protocol");
    private static final Path FRAMES = PROTOCOL.resolve("vectors/frames.json");
    private static final boolean UPDATE = System.getProperty("bocau.update") != null;
    private static final JsonMapper JSON = JsonMapper.shared();

    @TestFactory
    Stream<DynamicTest> golden_frames() throws IOException {
        ArrayNode vectors = (ArrayNode) JSON.readTree(Files.readString(FRAMES));
        if (UPDATE) {
            update(vectors);
        }
        return vectors.valueStream()
                .map(vector ->
                        DynamicTest.dynamicTest(
                                vector.get("name").asString(), () -> check(vector)));
    }

    private static void check(JsonNode vector) throws InvalidProtocolBufferException {
        JsonNode json = vector.get("json");
        byte[] proto = HexFormat.of().parseHex(vector.get("proto").asString());
        if (vector.get("from").asString().equals("client")) {
            ClientFrame frame = TestFrames.clientFrame(json.toString());
            assertThat(WireFormat.PROTO.parse(proto)).isEqualTo(frame);
            assertThat(JSON.readTree(TestFrames.json(frame))).isEqualTo(json);
        } else {
            ServerFrame frame = ServerFrame.parseFrom(proto);
            assertThat(TestFrames.serverFrame(json.toString())).isEqualTo(frame);
            assertThat(JSON.readTree(TestFrames.json(frame))).isEqualTo(json);
            assertThat(TestFrames.proto(frame)).isEqualTo(proto);
        }
    }

    private static void update(ArrayNode vectors) throws IOException {
        for (JsonNode each : vectors) {
            ObjectNode vector = (ObjectNode) each;
            String json = vector.get("json").toString();
            byte[] proto =
                    vector.get("from").asString().equals("client")
                            ? TestFrames.clientFrame(json).toByteArray()
                            : TestFrames.proto(TestFrames.serverFrame(json));
            vector.put("proto", HexFormat.of().formatHex(proto));
        }
        Files.writeString(
                FRAMES, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(vectors) + "\n");
    }

    @Test
    void every_frame_has_a_golden_one() throws IOException {
        Set<String> types = new TreeSet<>();
        JSON.readTree(Files.readString(FRAMES))
                .forEach(vector -> types.add(vector.get("json").get("type").asString()));

        List<String> all = new ArrayList<>();
        ClientFrame.getDescriptor()
                .getOneofs()
                .getFirst()
                .getFields()
                .forEach(field -> all.add(field.getName()));
        ServerFrame.getDescriptor()
                .getOneofs()
                .getFirst()
                .getFields()
                .forEach(field -> all.add(field.getName()));
        assertThat(types).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void codes_are_those_of_the_vectors() throws IOException {
        List<String> lines = new ArrayList<>();
        for (Code code : Code.values()) {
            ObjectNode line = JSON.createObjectNode();
            line.put("code", code.number());
            line.put("name", lower(code));
            line.put("action", lower(code.action()));
            line.put("meaning", code.meaning());
            lines.add("  " + line);
        }
        agrees(PROTOCOL.resolve("vectors/codes.json"), "[\n" + String.join(",\n", lines) + "\n]\n");
    }

    @Test
    void codes_are_those_of_the_document() throws IOException {
        Path document = PROTOCOL.resolve("PROTOCOL.md");
        StringBuilder table =
                new StringBuilder("| code | name | refused because |\n|---|---|---|\n");
        for (Code code : Code.values()) {
            table.append(
                    "| %d | %s | %s |\n".formatted(code.number(), lower(code), code.meaning()));
        }
        String text = Files.readString(document);
        int from = text.indexOf("<!-- codes -->\n") + "<!-- codes -->\n".length();
        int to = text.indexOf("<!-- /codes -->");
        agrees(document, text.substring(0, from) + table + text.substring(to));
    }

    private static void agrees(Path file, String expected) throws IOException {
        if (UPDATE) {
            Files.writeString(file, expected);
        }
        assertThat(Files.readString(file)).isEqualTo(expected);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
