package dev.bocau.frame;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.bocau.model.Code;
import dev.bocau.model.Id;
import dev.bocau.model.Refused;
import dev.bocau.protocol.ClientFrame;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.json.JsonFactory;

/// Reads frames from JSON. Unknown fields are passed over, null is the same as absent, anything
/// else that does not fit the schema is refused with the name of the field.
final class JsonReader {
    private static final int MAX_DEPTH = 16;
    private static final String TYPE = "type";

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                    .build();

    private JsonReader() {}

    static ClientFrame clientFrame(byte[] bytes) {
        try {
            checkUtf8(bytes);
            String type = topLevel(bytes, TYPE);
            if (type == null) {
                throw new Refused(Code.MALFORMED, "no \"type\"");
            }
            FieldDescriptor body = ClientFrame.getDescriptor().findFieldByName(type);
            if (body == null) {
                throw new Refused(Code.UNKNOWN_TYPE, "unknown type '%s'".formatted(shown(type)));
            }
            ClientFrame.Builder frame = ClientFrame.newBuilder();
            frame.setField(body, whole(bytes, frame.newBuilderForField(body)));
            return frame.build();
        } catch (JacksonException e) {
            throw new Refused(Code.MALFORMED, "not JSON: " + e.getOriginalMessage());
        }
    }

    /// Reads a message that is one object.
    static Message message(byte[] bytes, Message.Builder message) {
        try {
            checkUtf8(bytes);
            return whole(bytes, message);
        } catch (JacksonException e) {
            throw new Refused(Code.MALFORMED, "not JSON: " + e.getOriginalMessage());
        }
    }

    private static Message whole(byte[] bytes, Message.Builder message) {
        try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), bytes)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new Refused(Code.MALFORMED, "a frame is a JSON object");
            }
            Message read = message(in, message);
            if (in.nextToken() != null) {
                throw new Refused(Code.MALFORMED, "something follows the frame");
            }
            return read;
        }
    }

    /// What an object is about that is no frame.
    static About about(byte[] bytes) {
        try {
            return new About(
                    id(topLevel(bytes, TYPE)),
                    id(topLevel(bytes, "localId")),
                    id(topLevel(bytes, "conversationId")));
        } catch (JacksonException | Refused notEvenThat) {
            return About.NOTHING;
        }
    }

    private static String id(@Nullable String value) {
        return value == null || !Id.wellFormed(value) ? "" : value;
    }

    /// The text of a field of the outermost object, without checking what follows it; null if it
    /// has none.
    static @Nullable String topLevel(byte[] bytes, String name) {
        try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), bytes)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw new Refused(Code.MALFORMED, "a frame is a JSON object");
            }
            while (in.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean found = in.currentName().equals(name);
                JsonToken value = in.nextToken();
                if (found) {
                    return value == JsonToken.VALUE_STRING ? in.getString() : null;
                }
                in.skipChildren();
            }
            return null;
        }
    }

    /// Reads an object that the parser stands at the start of, up to its end.
    static Message message(JsonParser in, Message.Builder message) {
        JsonSchema schema = JsonSchema.of(message.getDescriptorForType());
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
            JsonSchema.Field field = schema.field(in.currentName());
            JsonToken token = in.nextToken();
            if (field == null) {
                in.skipChildren();
            } else if (token != JsonToken.VALUE_NULL) {
                set(in, token, message, field.descriptor());
            }
        }
        return message.build();
    }

    private static void set(
            JsonParser in, JsonToken token, Message.Builder message, FieldDescriptor field) {
        if (!field.isRepeated()) {
            message.setField(field, value(in, token, message, field));
            return;
        }
        if (token != JsonToken.START_ARRAY) {
            throw expected(field, "an array");
        }
        message.clearField(field);
        for (JsonToken next = in.nextToken(); next != JsonToken.END_ARRAY; next = in.nextToken()) {
            message.addRepeatedField(field, value(in, next, message, field));
        }
    }

    private static Object value(
            JsonParser in, JsonToken token, Message.Builder message, FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case INT, LONG -> number(in, token, field);
            case BOOLEAN -> {
                if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
                    throw expected(field, "true or false");
                }
                yield token == JsonToken.VALUE_TRUE;
            }
            case STRING -> text(in, token, field);
            case BYTE_STRING -> {
                try {
                    yield ByteString.copyFrom(
                            Base64.getUrlDecoder().decode(text(in, token, field)));
                } catch (IllegalArgumentException notBase64) {
                    throw expected(field, "base64url");
                }
            }
            case ENUM -> {
                Map<String, EnumValueDescriptor> values = JsonSchema.values(field.getEnumType());
                EnumValueDescriptor value = values.get(text(in, token, field));
                if (value == null) {
                    throw expected(field, "one of " + values.keySet().stream().sorted().toList());
                }
                yield value;
            }
            case MESSAGE -> {
                if (token != JsonToken.START_OBJECT) {
                    throw expected(field, "an object");
                }
                yield message(in, message.newBuilderForField(field));
            }
            default -> throw new IllegalStateException("no JSON for " + field.getFullName());
        };
    }

    private static Object number(JsonParser in, JsonToken token, FieldDescriptor field) {
        if (token != JsonToken.VALUE_NUMBER_INT) {
            throw expected(field, "a whole number");
        }
        try {
            if (field.getJavaType() == FieldDescriptor.JavaType.INT) {
                return in.getIntValue();
            }
            return in.getLongValue();
        } catch (InputCoercionException e) {
            throw expected(field, "a number that is not so large");
        }
    }

    private static String text(JsonParser in, JsonToken token, FieldDescriptor field) {
        if (token != JsonToken.VALUE_STRING) {
            throw expected(field, "a string");
        }
        return in.getString();
    }

    private static Refused expected(FieldDescriptor field, String what) {
        return new Refused(Code.INVALID_FIELD, field.getJsonName() + " is to be " + what);
    }

    /// Jackson is lenient: it takes overlong forms.
    private static void checkUtf8(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                try {
                    var _ = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
                } catch (CharacterCodingException e) {
                    throw new Refused(Code.MALFORMED, "not UTF-8");
                }
                return;
            }
        }
    }

    private static String shown(String type) {
        return type.length() <= 40 ? type : type.substring(0, 40) + "…";
    }
}
