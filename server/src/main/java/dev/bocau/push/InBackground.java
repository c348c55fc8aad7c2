package dev.bocau.push;

import dev.bocau.model.DeviceId;
import dev.bocau.model.Position.Cursor;
import dev.bocau.model.UserId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Devices in the background that something was sent to, and what they had acknowledged before:
/// nobody has seen what came since, acknowledged or not. Safe for several threads.
final class InBackground {
    private final int max;
    private final AtomicInteger size = new AtomicInteger();

    /// The inner maps are never changed.
    private final Map<UserId, Map<DeviceId, Cursor>> acknowledged = new ConcurrentHashMap<>();

    /// @param max devices; further ones are not noted
    InBackground(int max) {
        this.max = max;
    }

    /// Something was sent to it. What is known of a device already stays.
    void note(PushKey key, Cursor before) {
        if (size.get() >= max) {
            return;
        }
        acknowledged.compute(
                key.user(),
                (user, known) -> {
                    if (known == null) {
                        size.incrementAndGet();
                        return Map.of(key.device(), before);
                    }
                    if (known.containsKey(key.device())) {
                        return known;
                    }
                    size.incrementAndGet();
                    Map<DeviceId, Cursor> more = new HashMap<>(known);
                    more.put(key.device(), before);
                    return Map.copyOf(more);
                });
    }

    Optional<Cursor> of(PushKey key) {
        return Optional.ofNullable(all(key.user()).get(key.device()));
    }

    /// Those of a user.
    Set<DeviceId> devices(UserId user) {
        return all(user).keySet();
    }

    private Map<DeviceId, Cursor> all(UserId user) {
        return acknowledged.getOrDefault(user, Map.of());
    }

    /// What is noted of a device, which is forgotten.
    Optional<Cursor> take(PushKey key) {
        Optional<Cursor> before = of(key);
        forget(key);
        return before;
    }

    /// It has been seen to, or there is nothing to push to it.
    void forget(PushKey key) {
        acknowledged.computeIfPresent(
                key.user(),
                (user, known) -> {
                    if (!known.containsKey(key.device())) {
                        return known;
                    }
                    size.decrementAndGet();
                    Map<DeviceId, Cursor> fewer = new HashMap<>(known);
                    fewer.remove(key.device());
                    return fewer.isEmpty() ? null : Map.copyOf(fewer);
                });
    }
}
