package dev.bocau.bus.redis;

import dev.bocau.bus.Bus;
import dev.bocau.bus.Hint;
import dev.bocau.model.Appended;
import dev.bocau.model.UserId;
import dev.bocau.redis.Channels;
import dev.bocau.redis.RedisCluster;
import dev.bocau.time.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// The {@link Bus} of several nodes: a sharded channel of a Redis Cluster for each user,
/// `wake:{user}`, to which those nodes subscribe that have a session of that user. What a node
/// tells it hears itself at once, on the teller's thread.
///
/// Redis forgets subscriptions when slots move, so they are renewed bit by bit, all of them within
/// {@link #ROUNDS} seconds.
public final class RedisBus implements Bus {
    private static final Duration RENEWAL = Duration.ofSeconds(1);
    private static final int ROUNDS = 10;

    private final RedisCluster redis;
    private final String installation;
    private final Timer timer;
    private final long node;
    private final Channels channels;
    private final Map<UserId, Integer> subscribed = new ConcurrentHashMap<>();
    private final List<Consumer<Hint>> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean closed;
    private int round;

    /// @param installation whose bus this is: others may use the same Redis
    public RedisBus(RedisCluster redis, String installation, Timer timer, RandomGenerator random) {
        this.redis = redis;
        this.installation = installation;
        this.timer = timer;
        this.node = random.nextLong();
        this.channels = redis.channels((channel, message) -> heard(message));
        timer.after(RENEWAL, this::renew);
    }

    private void heard(byte[] message) {
        HintBytes.read(message, node)
                .ifPresent(hint -> listeners.forEach(listener -> listener.accept(hint)));
    }

    @Override
    public void listen(Consumer<Hint> listener) {
        listeners.add(listener);
    }

    @Override
    public void subscribe(UserId user) {
        subscribed.merge(user, 1, Integer::sum);
        channels.subscribe(List.of(channel(user)));
    }

    @Override
    public void unsubscribe(UserId user) {
        boolean gone = subscribed.computeIfPresent(user, (u, n) -> n == 1 ? null : n - 1) == null;
        if (gone) {
            channels.unsubscribe(channel(user));
        }
    }

    private String channel(UserId user) {
        return installation.isEmpty()
                ? "wake:{%s}".formatted(user)
                : "wake:{%s/%s}".formatted(installation, user);
    }

    private void renew() {
        if (closed) {
            return;
        }
        round++;
        channels.subscribe(
                subscribed.keySet().stream()
                        .filter(user -> Math.floorMod(user.hashCode(), ROUNDS) == round % ROUNDS)
                        .map(this::channel)
                        .toList());
        timer.after(RENEWAL, this::renew);
    }

    @Override
    public void tell(Hint hint) {
        if (closed) {
            return;
        }
        listeners.forEach(listener -> listener.accept(hint));
        switch (hint) {
            case Hint.Grown(var commit, List<Appended> appended) ->
                    byUser(appended)
                            .forEach((user, entries) ->
                                    publish(user, new Hint.Grown(commit, entries)));
            case Hint.Connected(UserId user, var device, var session) -> publish(user, hint);
            case Hint.SignedOut(UserId user, var device) -> publish(user, hint);
        }
    }

    private static Map<UserId, List<Appended>> byUser(List<Appended> appended) {
        Map<UserId, List<Appended>> byUser = new LinkedHashMap<>();
        for (Appended entry : appended) {
            byUser.computeIfAbsent(entry.user(), user -> new ArrayList<>(1)).add(entry);
        }
        return byUser;
    }

    private void publish(UserId user, Hint hint) {
        redis.publish(channel(user), HintBytes.of(hint, node));
    }

    @Override
    public void close() {
        closed = true;
        listeners.clear();
        channels.close();
    }
}
