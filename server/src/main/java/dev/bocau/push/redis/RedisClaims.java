package dev.bocau.push.redis;

import dev.bocau.model.DeviceId;
import dev.bocau.model.UserId;
import dev.bocau.push.Claims;
import dev.bocau.redis.RedisCluster;
import dev.bocau.redis.RedisUnavailable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// The {@link Claims} of several nodes: a key `pushing:{user}:device` that expires. Nothing is
/// pushed while Redis cannot be asked.
public final class RedisClaims implements Claims {
    private final RedisCluster redis;
    private final String installation;
    private final byte[] node;

    /// @param installation whose claims these are: others may use the same Redis
    public RedisClaims(RedisCluster redis, String installation, RandomGenerator random) {
        this.redis = redis;
        this.installation = installation.isEmpty() ? "" : installation + "/";
        this.node =
                HexFormat.of().toHexDigits(random.nextLong()).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public boolean take(UserId user, DeviceId device, Duration atMost) {
        return take(key(user, device), atMost);
    }

    private boolean take(String key, Duration atMost) {
        try {
            return redis.setIfAbsent(key, node, atMost);
        } catch (RedisUnavailable e) {
            return false;
        }
    }

    /// A claim that has expired may be another node's by now.
    @Override
    public void release(UserId user, DeviceId device) {
        try {
            redis.deleteIfEqual(key(user, device), node);
        } catch (RedisUnavailable e) {
            // It expires by itself.
        }
    }

    @Override
    public boolean takeTurn(int slice, Duration time) {
        return take("pushing:{%sslice/%d}".formatted(installation, slice), time);
    }

    private String key(UserId user, DeviceId device) {
        return "pushing:{%s%s}:%s".formatted(installation, user, device);
    }
}
