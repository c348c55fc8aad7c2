package dev.bocau.frame;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The JSON names of the schema, worked out once from its descriptors: fields in lowerCamelCase,
/// enum values in lower case without the name of their type in front.
final class JsonSchema {
    private static final Map<Descriptor, JsonSchema> SCHEMAS = new ConcurrentHashMap<>();
    private static final String UNSPECIFIED = "unspecified";
    private static final Map<EnumDescriptor, Map<String, EnumValueDescriptor>> ENUMS =
            new ConcurrentHashMap<>();

    /// A field with its name as it is written: `"name":`
    record Field(FieldDescriptor descriptor, byte[] label) {}

    private final Map<String, Field> byName = new LinkedHashMap<>();

    private JsonSchema(Descriptor type) {
        for (FieldDescriptor field : type.getFields()) {
            String name = field.getJsonName();
            byte[] label = ("\"" + name + "\":").getBytes(StandardCharsets.US_ASCII);
            byName.put(name, new Field(field, label));
        }
    }

    static JsonSchema of(Descriptor type) {
        return SCHEMAS.computeIfAbsent(type, JsonSchema::new);
    }

    Iterable<Field> fields() {
        return byName.values();
    }

    /// Null if the type has no such field.
    @Nullable Field field(String name) {
        return byName.get(name);
    }

    static String name(EnumValueDescriptor value) {
        String prefix = prefix(value.getType());
        String name = value.getName();
        String rest = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
        return rest.toLowerCase(Locale.ROOT);
    }

    /// The values of an enum by their JSON names, without the unspecified one.
    static Map<String, EnumValueDescriptor> values(EnumDescriptor type) {
        return ENUMS.computeIfAbsent(
                type,
                it -> {
                    Map<String, EnumValueDescriptor> values = new HashMap<>();
                    for (EnumValueDescriptor value : it.getValues()) {
                        if (!name(value).equals(UNSPECIFIED)) {
                            values.put(name(value), value);
                        }
                    }
                    return values;
                });
    }

    private static String prefix(EnumDescriptor type) {
        StringBuilder prefix = new StringBuilder();
        String name = type.getName();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (i > 0 && Character.isUpperCase(c)) {
                prefix.append('_');
            }
            prefix.append(Character.toUpperCase(c));
        }
        return prefix.append('_').toString();
    }
}
