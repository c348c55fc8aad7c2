package dev.bocau.frame;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;

/// Writes frames as JSON: plain numbers, default values always, absent `optional` fields never.
final class JsonWriter {
    /// Stands for half a surrogate pair, which UTF-8 cannot say.
    private static final char REPLACEMENT = '\uFFFD';

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private byte[] out = new byte[256];
    private int length;

    private JsonWriter() {}

    /// A frame without its opening brace, which belongs to the envelope:
    /// `"type":"pong","timestamp":1}`
    static byte[] body(Message frame) {
        FieldDescriptor body =
                frame.getOneofFieldDescriptor(frame.getDescriptorForType().getOneofs().getFirst());
        JsonWriter writer = new JsonWriter();
        writer.ascii("\"type\":\"");
        writer.ascii(body.getName());
        writer.one('"');
        writer.fields((Message) frame.getField(body), true);
        writer.one('}');
        return Arrays.copyOf(writer.out, writer.length);
    }

    private void fields(Message message, boolean afterAnother) {
        boolean comma = afterAnother;
        for (JsonSchema.Field field : JsonSchema.of(message.getDescriptorForType()).fields()) {
            FieldDescriptor descriptor = field.descriptor();
            if (descriptor.hasPresence() && !message.hasField(descriptor)) {
                continue;
            }
            if (comma) {
                one(',');
            }
            comma = true;
            bytes(field.label());
            Object value = message.getField(descriptor);
            if (descriptor.isMapField()) {
                map((Collection<?>) value);
            } else if (descriptor.isRepeated()) {
                list(descriptor, (List<?>) value);
            } else {
                value(descriptor, value);
            }
        }
    }

    private void map(Collection<?> entries) {
        one('{');
        boolean comma = false;
        for (Object each : entries) {
            MapEntry<?, ?> entry = (MapEntry<?, ?>) each;
            if (comma) {
                one(',');
            }
            comma = true;
            text((String) entry.getKey());
            one(':');
            value(entry.getDescriptorForType().findFieldByNumber(2), entry.getValue());
        }
        one('}');
    }

    private void list(FieldDescriptor descriptor, List<?> values) {
        one('[');
        for (int i = 0; i < values.size(); i++) {
            if (i > 0) {
                one(',');
            }
            value(descriptor, values.get(i));
        }
        one(']');
    }

    private void value(FieldDescriptor descriptor, Object value) {
        switch (descriptor.getJavaType()) {
            case INT, LONG -> ascii(value.toString());
            case BOOLEAN -> ascii((Boolean) value ? "true" : "false");
            case STRING -> text((String) value);
            case BYTE_STRING -> base64((ByteString) value);
            case ENUM -> {
                one('"');
                ascii(JsonSchema.name((EnumValueDescriptor) value));
                one('"');
            }
            case MESSAGE -> {
                one('{');
                fields((Message) value, false);
                one('}');
            }
            default ->
                    throw new IllegalStateException(
                            "no JSON for a field of type " + descriptor.getJavaType());
        }
    }

    private void base64(ByteString value) {
        one('"');
        bytes(Base64.getUrlEncoder().withoutPadding().encode(value.toByteArray()));
        one('"');
    }

    private void text(String text) {
        // At most six bytes for a char: \\u001f. A pair of surrogates takes four for its two.
        room(2 + 6 * text.length());
        out[length++] = '"';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out[length++] = '\\';
                out[length++] = (byte) c;
            } else if (c >= 0x20 && c < 0x80) {
                out[length++] = (byte) c;
            } else if (c < 0x20) {
                control(c);
            } else if (c < 0x800) {
                out[length++] = (byte) (0xc0 | (c >> 6));
                out[length++] = (byte) (0x80 | (c & 0x3f));
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                supplementary(Character.toCodePoint(c, text.charAt(++i)));
            } else {
                if (Character.isSurrogate(c)) {
                    c = REPLACEMENT;
                }
                out[length++] = (byte) (0xe0 | (c >> 12));
                out[length++] = (byte) (0x80 | ((c >> 6) & 0x3f));
                out[length++] = (byte) (0x80 | (c & 0x3f));
            }
        }
        out[length++] = '"';
    }

    private void control(char c) {
        out[length++] = '\\';
        switch (c) {
            case '\n' -> out[length++] = 'n';
            case '\r' -> out[length++] = 'r';
            case '\t' -> out[length++] = 't';
            default -> {
                out[length++] = 'u';
                out[length++] = '0';
                out[length++] = '0';
                out[length++] = HEX[c >> 4];
                out[length++] = HEX[c & 0xf];
            }
        }
    }

    private void supplementary(int codePoint) {
        out[length++] = (byte) (0xf0 | (codePoint >> 18));
        out[length++] = (byte) (0x80 | ((codePoint >> 12) & 0x3f));
        out[length++] = (byte) (0x80 | ((codePoint >> 6) & 0x3f));
        out[length++] = (byte) (0x80 | (codePoint & 0x3f));
    }

    private void ascii(String text) {
        room(text.length());
        for (int i = 0; i < text.length(); i++) {
            out[length++] = (byte) text.charAt(i);
        }
    }

    private void bytes(byte[] bytes) {
        room(bytes.length);
        System.arraycopy(bytes, 0, out, length, bytes.length);
        length += bytes.length;
    }

    private void one(char c) {
        room(1);
        out[length++] = (byte) c;
    }

    private void room(int more) {
        if (out.length - length < more) {
            out = Arrays.copyOf(out, Math.max(out.length * 2, length + more));
        }
    }
}
