package dev.bocau.store.cluster;

import dev.bocau.model.UserId;
import dev.bocau.store.cluster.Cassandra.Decision;

/// Hands out the generations of users' logs, each number at most once.
final class Generations {
    private final Cassandra cassandra;
    private final Installation installation;

    Generations(Cassandra cassandra, Installation installation) {
        this.cassandra = cassandra;
        this.installation = installation;
    }

    /// A generation that nobody has had, above one that is known.
    long next(UserId user, long above) {
        String key = installation.of(user);
        while (true) {
            long last =
                    cassandra
                            .decided("SELECT generation FROM user_log WHERE user = ?", key)
                            .map(row -> row.getLong(0))
                            .orElse(0L);
            long next = Math.max(last, above) + 1;
            Decision decision =
                    last == 0
                            ? cassandra.decide(
                                    "INSERT INTO user_log (user, generation) VALUES (?, ?) IF NOT EXISTS",
                                    key,
                                    next)
                            : cassandra.decide(
                                    "UPDATE user_log SET generation = ? WHERE user = ? IF generation = ?",
                                    next,
                                    key,
                                    last);
            if (decision == Decision.APPLIED) {
                return next;
            }
        }
    }
}
