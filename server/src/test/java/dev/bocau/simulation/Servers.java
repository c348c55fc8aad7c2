package dev.bocau.simulation;

import dev.bocau.limits.Limits;
import dev.bocau.model.ConversationId;
import dev.bocau.model.Message;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.simulation.Verdict.Broken;
import dev.bocau.simulation.Verdict.Truth;
import dev.bocau.store.Store;
import dev.bocau.store.embedded.SimulatedDisk.Trouble;
import dev.bocau.testing.Link;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The database and the nodes before it, and what goes wrong with them.
final class Servers {
    private static final long BACK_WITHIN_US = 5_000_000;
    private static final long ANSWERS_WITHIN_US = 60_000_000;

    private final Scheduler scheduler;
    private final SplittableRandom random;
    private final Limits limits;
    private final Hints hints;
    private final Database database;
    private final Verdict verdict;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Wire> wires = new ArrayList<>();
    private final int count;

    /// Where no hint is ever lost, everybody hears of everything without a heartbeat.
    private final boolean losesHints;

    private @Nullable Store store;

    /// @param count of nodes
    Servers(
            Scheduler scheduler,
            SplittableRandom random,
            Limits limits,
            Database database,
            Verdict verdict,
            int count,
            boolean losesHints) {
        this.scheduler = scheduler;
        this.random = random;
        this.limits = limits;
        this.hints = new Hints(scheduler, random.split());
        this.database = database;
        this.verdict = verdict;
        this.count = count;
        this.losesHints = losesHints;
    }

    void start() {
        database.start(opened -> {
            store = opened;
            while (nodes.size() < count) {
                startNode();
            }
        });
    }

    private void startNode() {
        Store open = store;
        if (open != null) {
            verdict.note("a node starts");
            nodes.add(new Node(scheduler, open, hints, limits, random.split()));
        }
    }

    private Node any() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    /// A connection to any node, if there is one.
    Optional<Wire> connect(Link.Listener listener, Phone phone) {
        if (nodes.isEmpty()) {
            return Optional.empty();
        }
        Verdict.OfConnection judge = verdict.connection(phone);
        Wire wire = new Wire(scheduler, random.split(), any(), limits, listener, judge);
        wires.removeIf(other -> other.node().life.dead());
        wires.add(wire);
        return Optional.of(wire);
    }

    /// An operator does something by way of any node, and takes a refusal for an answer.
    void operate(Consumer<Node> what) {
        if (nodes.isEmpty()) {
            return;
        }
        Node node = any();
        node.life.execute(() -> {
            try {
                what.accept(node);
            } catch (Refused denied) {
                // Not this time.
            }
        });
    }

    // ----------------------------------------------------------------------------- what goes wrong

    void trouble() {
        if (random.nextInt(3) == 0) {
            hints.lose(losesHints ? random.nextInt(60) : 0);
        } else {
            Trouble trouble = Trouble.values()[random.nextInt(Trouble.values().length)];
            verdict.note("the disk has trouble", trouble);
            database.disk.trouble(trouble);
        }
    }

    void noTrouble() {
        database.disk.trouble(Trouble.NONE);
        hints.lose(0);
    }

    /// Kills any node, where that may lose hints.
    void killNode() {
        if (!nodes.isEmpty() && losesHints) {
            kill(any());
        }
    }

    private void kill(Node node) {
        verdict.note("a node is killed");
        nodes.remove(node);
        node.life.kill();
        wires.stream().filter(wire -> wire.node().equals(node)).forEach(Wire::nodeDied);
        soon(() -> {
            if (nodes.size() < count) {
                startNode();
            }
        });
    }

    /// Kills the database, and with it all nodes.
    void killDatabase() {
        verdict.note("the database is killed");
        database.kill();
        store = null;
        List.copyOf(nodes).forEach(this::kill);
        database.disk.trouble(Trouble.NONE);
        soon(() -> {
            if (store == null) {
                start();
            }
        });
    }

    private void soon(Runnable task) {
        scheduler.at(scheduler.nowUs() + random.nextLong(BACK_WITHIN_US), task);
    }

    /// Nothing goes wrong any more, and what has failed is started anew.
    void rest() {
        noTrouble();
        if (store == null || store.fault().isPresent()) {
            killDatabase();
        }
    }

    // ------------------------------------------------------------------------------- what is there

    /// What the store holds of conversations.
    ///
    /// @param users of each conversation, who may be its members
    Truth truth(Map<String, Set<String>> users) {
        Map<String, List<Message>> history = new LinkedHashMap<>();
        Map<String, Map<String, Long>> members = new LinkedHashMap<>();
        boolean[] done = {false};
        Store open = Objects.requireNonNull(store);
        scheduler.new Life()
                .execute(() -> {
                    users.forEach((id, some) -> {
                        ConversationId conversation = new ConversationId(id);
                        if (open.conversation(conversation).isPresent()) {
                            history.put(id, open.history(conversation, 1, Long.MAX_VALUE, 1 << 20));
                            members.put(id, members(open, conversation, some));
                        }
                    });
                    done[0] = true;
                });
        scheduler.runFor(ANSWERS_WITHIN_US);
        if (!done[0]) {
            throw new Broken("the store does not answer");
        }
        return new Truth(history, members);
    }

    private static Map<String, Long> members(
            Store open, ConversationId conversation, Set<String> users) {
        Map<String, Long> since = new LinkedHashMap<>();
        users.forEach(user ->
                open.member(conversation, new UserId(user))
                        .ifPresent(member -> since.put(user, member.sinceSeq())));
        return since;
    }
}
