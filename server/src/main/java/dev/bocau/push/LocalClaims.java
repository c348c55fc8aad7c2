package dev.bocau.push;

import dev.bocau.model.DeviceId;
import dev.bocau.model.UserId;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The {@link Claims} of a single node, which holds what it has taken until it gives it back.
public final class LocalClaims implements Claims {
    private record Taken(UserId user, DeviceId device) {}

    private final Set<Taken> taken = ConcurrentHashMap.newKeySet();

    @Override
    public boolean take(UserId user, DeviceId device, Duration atMost) {
        return taken.add(new Taken(user, device));
    }

    @Override
    public void release(UserId user, DeviceId device) {
        taken.remove(new Taken(user, device));
    }

    @Override
    public boolean takeTurn(int slice, Duration time) {
        return true;
    }
}
