package dev.bocau.store.cluster;

import dev.bocau.model.Code;
import dev.bocau.model.Refusal;
import dev.bocau.model.Refused;
import dev.bocau.redis.Library;
import dev.bocau.redis.RedisCluster;
import dev.bocau.redis.RedisUnavailable;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this store has in Redis, as its functions see it. Where Redis does not answer, the step is
/// refused for now.
final class Functions {
    private static final Logger LOG = LoggerFactory.getLogger(Functions.class);

    private final Library library;
    private volatile boolean failing;

    Functions(RedisCluster redis) {
        this.library =
                new Library(
                        redis,
                        "store",
                        Functions.class,
                        "history.lua",
                        "logs.lua",
                        "devices.lua",
                        "recent.lua");
    }

    /// As {@link Library#call}.
    ///
    /// @throws Refused if it did not answer; it may have run, or may still
    List<Object> call(String name, List<String> keys, Object... arguments) {
        try {
            List<Object> answer = library.call(name, keys, arguments);
            failing = false;
            return answer;
        } catch (RedisUnavailable e) {
            if (!failing) {
                LOG.warn("{}: {}", name, e.getMessage());
            }
            failing = true;
            throw unavailable();
        }
    }

    static Refused unavailable() {
        return new Refused(Refusal.retry(Code.UNAVAILABLE, "the logs cannot be reached"));
    }
}
