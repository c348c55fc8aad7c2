package dev.bocau.store.cluster;

import com.datastax.oss.driver.api.core.cql.Row;
import dev.bocau.model.ConversationId;
import dev.bocau.model.MessageId;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.time.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Shows the other nodes that this one lives, and adopts what those that are silent may have left
/// half done. A node that was only slow goes on unharmed: everything is put once, whoever puts it.
final class Watch {
    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
    static final Duration BEAT = Duration.ofSeconds(2);

    /// Beats after which a new slice of the journal is begun.
    private static final int SLICE = 5;

    /// Beats of this node without one of another node after which that one is taken for dead.
    private static final int SILENT = 5;

    private final Cassandra cassandra;
    private final Installation installation;
    private final Journal journal;
    private final Repairs repairs;
    private final Timer timer;
    private final Executor threads;
    private final Set<UUID> adopting = ConcurrentHashMap.newKeySet();
    private Map<UUID, Heard> heard = new HashMap<>();
    private int beats;
    private volatile boolean stopped;

    private record Heard(long beat, int silent) {}

    Watch(
            Cassandra cassandra,
            Installation installation,
            Journal journal,
            Repairs repairs,
            ClusterContext context) {
        this.cassandra = cassandra;
        this.installation = installation;
        this.journal = journal;
        this.repairs = repairs;
        this.timer = context.timer();
        this.threads = context.threads();
    }

    void start() {
        timer.after(BEAT, () -> threads.execute(this::beat));
    }

    private void beat() {
        if (stopped) {
            return;
        }
        try {
            beats++;
            journal.beat(beats % SLICE == 0);
            look();
        } catch (RuntimeException e) {
            if (!(e instanceof Refused)) {
                LOG.error("watching failed", e);
            }
        }
        start();
    }

    private void look() {
        Map<UUID, Heard> now = new HashMap<>();
        for (Row row :
                cassandra.rows(
                        "SELECT node, low, high, beat, adopted FROM node WHERE installation = ?",
                        installation.key())) {
            UUID node = Objects.requireNonNull(row.getUuid("node"));
            long beat = row.getLong("beat");
            if (node.equals(journal.node())) {
                continue;
            }
            Heard before = heard.get(node);
            int silent = before != null && before.beat == beat ? before.silent + 1 : 0;
            now.put(node, new Heard(beat, silent));
            boolean adopted = !row.isNull("adopted") && row.getLong("adopted") == beat;
            long low = row.getLong("low");
            long high = row.getLong("high");
            if (silent >= SILENT && !adopted && low <= high && adopting.add(node)) {
                threads.execute(() -> adopt(node, low, high, beat));
            }
        }
        heard = now;
    }

    private void adopt(UUID node, long low, long high, long beat) {
        try {
            tryToAdopt(node, low, high, beat);
        } catch (RuntimeException e) {
            LOG.warn("adopting node {} failed and is tried again", node, e);
        } finally {
            adopting.remove(node);
        }
    }

    private void tryToAdopt(UUID node, long low, long high, long beat) {
        List<CompletableFuture<?>> under = new ArrayList<>();
        for (long slice = low; slice <= high; slice++) {
            for (Row row :
                    cassandra.rows(
                            "SELECT conversation, leaving, changing FROM journal WHERE node = ? AND slice = ?",
                            node,
                            slice)) {
                under.add(repairs.repair(touched(row)));
            }
        }
        LOG.info("adopting {} conversations of node {}, which is silent", under.size(), node);
        CompletableFuture.allOf(under.toArray(new CompletableFuture<?>[0])).join();
        cassandra.write(
                "UPDATE node SET adopted = ? WHERE installation = ? AND node = ?",
                beat,
                installation.key(),
                node);
    }

    private static Touched touched(Row row) {
        return new Touched(
                new ConversationId(Objects.requireNonNull(row.getString("conversation"))),
                of(row, "leaving", String.class).map(UserId::new).collect(Collectors.toSet()),
                of(row, "changing", UUID.class).map(MessageId::new).collect(Collectors.toSet()));
    }

    private static <T> Stream<T> of(Row row, String column, Class<T> type) {
        Set<T> set = row.getSet(column, type);
        return set == null ? Stream.of() : set.stream();
    }

    void stop() {
        stopped = true;
    }
}
