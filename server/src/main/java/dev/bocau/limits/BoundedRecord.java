package dev.bocau.limits;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// Records of numbers, each of which has a {@link Bound}.
final class BoundedRecord {
    private BoundedRecord() {}

    static Bound bound(RecordComponent component) {
        return component.getAnnotation(Bound.class);
    }

    /// The standard values but for these.
    ///
    /// @param called what the record is called in words for an operator
    /// @throws IllegalArgumentException naming the one that does not exist or is out of its range
    static <R extends Record> R make(Class<R> type, String called, Map<String, Integer> changed) {
        RecordComponent[] components = type.getRecordComponents();
        Map<String, Integer> rest = new LinkedHashMap<>(changed);
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            Integer value = rest.remove(components[i].getName());
            Bound bound = bound(components[i]);
            values[i] = value == null ? bound.standard() : value;
            if (value != null && (value < bound.min() || value > bound.max())) {
                throw new IllegalArgumentException(
                        "%s.%s must be between %,d and %,d, not %,d"
                                .formatted(
                                        called,
                                        components[i].getName(),
                                        bound.min(),
                                        bound.max(),
                                        value));
            }
        }
        if (!rest.isEmpty()) {
            throw new IllegalArgumentException(
                    "no such limit: " + String.join(", ", rest.keySet()));
        }
        return of(type, components, values);
    }

    private static <R extends Record> R of(
            Class<R> type, RecordComponent[] components, Object[] values) {
        try {
            Class<?>[] types =
                    Arrays.stream(components)
                            .map(RecordComponent::getType)
                            .toArray(Class<?>[]::new);
            Constructor<R> constructor = type.getDeclaredConstructor(types);
            return constructor.newInstance(values);
        } catch (InvocationTargetException refused) {
            if (refused.getCause() instanceof IllegalArgumentException invalid) {
                throw invalid;
            }
            throw new LinkageError("a record whose constructor fails", refused);
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError("a record without its constructor", impossible);
        }
    }

    /// All values by name, in the order of the record.
    static Map<String, Integer> asMap(Record bounded) {
        Map<String, Integer> map = new LinkedHashMap<>();
        for (RecordComponent component : bounded.getClass().getRecordComponents()) {
            try {
                map.put(component.getName(), (Integer) component.getAccessor().invoke(bounded));
            } catch (ReflectiveOperationException impossible) {
                throw new LinkageError("a record without its accessor", impossible);
            }
        }
        return map;
    }
}
