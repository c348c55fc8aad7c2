package dev.bocau.bus.redis;

import dev.bocau.bus.Presence;
import dev.bocau.model.DeviceId;
import dev.bocau.model.UserId;
import dev.bocau.redis.Library;
import dev.bocau.redis.RedisCluster;
import dev.bocau.redis.RedisUnavailable;
import dev.bocau.time.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// The {@link Presence} of several nodes, in Redis: `online_devices:{user}` and
/// `device_sockets:{user}`. What a node says of a session holds for two and a half minutes, and it
/// says so again every minute.
public final class RedisPresence implements Presence, AutoCloseable {
    private static final Duration ROUND = Duration.ofSeconds(1);
    private static final int ROUNDS = 60;

    private final Library library;
    private final String installation;
    private final Timer timer;
    private final Executor threads;
    private final String node;
    private final Map<Here, Long> sessions = new ConcurrentHashMap<>();
    private volatile boolean closed;
    private int round;

    private record Here(UserId user, DeviceId device) {}

    /// @param threads that may wait
    public RedisPresence(
            RedisCluster redis,
            String installation,
            Timer timer,
            Executor threads,
            RandomGenerator random) {
        this.library = new Library(redis, "presence", RedisPresence.class, "presence.lua");
        this.installation = installation;
        this.timer = timer;
        this.threads = threads;
        this.node = Long.toHexString(random.nextLong());
        timer.after(ROUND, this::renew);
    }

    @Override
    public void here(UserId user, DeviceId device, long session) {
        Here here = new Here(user, device);
        sessions.merge(here, session, Math::max);
        say("presence_here", here, session);
    }

    @Override
    public void gone(UserId user, DeviceId device, long session) {
        Here here = new Here(user, device);
        if (sessions.remove(here, session)) {
            say("presence_gone", here, session);
        }
    }

    private void say(String function, Here here, long session) {
        if (closed) {
            return;
        }
        threads.execute(() -> {
            try {
                var _ = library.call(function, keys(here.user), here.device, session, node);
            } catch (RedisUnavailable away) {
                // Said again before long, or forgotten by itself.
            }
        });
    }

    private void renew() {
        if (closed) {
            return;
        }
        round++;
        sessions.forEach((here, session) -> {
            if (Math.floorMod(here.hashCode(), ROUNDS) == round % ROUNDS) {
                say("presence_here", here, session);
            }
        });
        timer.after(ROUND, this::renew);
    }

    @Override
    public Set<DeviceId> elsewhere(UserId user) {
        try {
            return Library.list(library.call("presence_online", keys(user)).get(1)).stream()
                    .map(device -> new DeviceId(Library.text(device)))
                    .collect(Collectors.toSet());
        } catch (RedisUnavailable nobodyCanTell) {
            return Set.of();
        }
    }

    private List<String> keys(UserId user) {
        String slot = installation.isEmpty() ? "{%s}" : "{" + installation + "/%s}";
        return List.of(
                "online_devices:" + slot.formatted(user), "device_sockets:" + slot.formatted(user));
    }

    @Override
    public void close() {
        closed = true;
    }
}
