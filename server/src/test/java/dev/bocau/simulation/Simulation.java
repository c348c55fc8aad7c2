package dev.bocau.simulation;

import com.google.protobuf.ByteString;
import dev.bocau.limits.Limits;
import dev.bocau.model.Conversation;
import dev.bocau.model.Conversation.History;
import dev.bocau.model.Conversation.Kind;
import dev.bocau.model.ConversationId;
import dev.bocau.model.Message;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.protocol.Ack;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.MarkDelivered;
import dev.bocau.protocol.MarkRead;
import dev.bocau.simulation.Verdict.Broken;
import dev.bocau.simulation.Verdict.Truth;
import dev.bocau.store.Store;
import dev.bocau.store.embedded.SimulatedDisk.Trouble;
import dev.bocau.testing.DeviceModel;
import dev.bocau.testing.Link;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A world of one seed: how many people, how small the limits, how many nodes, how much trouble is
/// drawn from it too.
final class Simulation implements Phone.Network {
    private static final long SECOND_US = 1_000_000;
    private static final long REST_US = 45 * SECOND_US;
    private static final int RESTS = 12;
    private static final int TOKEN_DAYS = 60;

    private final SplittableRandom random;
    private final Scheduler scheduler;
    private final Limits limits;
    private final Hints hints;
    private final Database database;
    private final Verdict verdict;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Phone> phones = new ArrayList<>();
    private final List<Phone> liars = new ArrayList<>();
    private final Map<String, Set<String>> everIn = new LinkedHashMap<>();
    private final Map<String, String> tokens = new HashMap<>();

    /// Where no hint is ever lost, everybody hears of everything without a heartbeat.
    private final boolean losesHints;

    private final int nodeCount;
    private final int users;
    private @Nullable Store store;
    private long contents;
    private long step;

    Simulation(long seed) {
        this(seed, 0, line -> {});
    }

    /// @param users how many; 0: as the seed says
    /// @param trace is told everything that happens
    Simulation(long seed, int users, Consumer<String> trace) {
        random = new SplittableRandom(seed);
        scheduler = new Scheduler(random.split());
        losesHints = random.nextInt(3) > 0;
        limits = limits(random.split(), !losesHints);
        hints = new Hints(scheduler, random.split());
        database = new Database(scheduler, limits, random.split());
        verdict = new Verdict(scheduler, database.disk, limits, trace);
        nodeCount = 1 + random.nextInt(3);
        this.users = users > 0 ? users : 3 + random.nextInt(10);
    }

    private static Limits limits(SplittableRandom random, boolean patient) {
        return Limits.standard()
                .with("connections", 100_000)
                .with("window", 2 + random.nextInt(60))
                .with("logEntries", 20 + random.nextInt(300))
                .with("pageEntries", 2 + random.nextInt(60))
                .with("recentMessages", 1 + random.nextInt(20))
                .with("sendsInFlight", 1 + random.nextInt(16))
                .with("inboxFrames", 1 + random.nextInt(64))
                .with("cursorStoreMs", random.nextInt(1_000))
                .with("commitQueue", random.nextInt(4) == 0 ? 16 : 16_384)
                .with("commitBatch", 1 + random.nextInt(100))
                .with("outboundBytes", 4_096 + random.nextInt(20_000))
                .with("heartbeatMs", patient ? 3_600_000 : 30_000)
                .with("framesPerSecond", random.nextInt(3) == 0 ? 10 : 100_000)
                .with("frameBurst", random.nextInt(3) == 0 ? 10 : 100_000);
    }

    long fingerprint() {
        return verdict.fingerprint();
    }

    @Override
    public String toString() {
        return "%d users, %d devices, %d conversations, %d node(s): %d ✓, %d frames, %s"
                .formatted(
                        users,
                        phones.size(),
                        everIn.size(),
                        nodeCount,
                        verdict.confirmations(),
                        verdict.frames(),
                        Duration.ofMillis(scheduler.nowUs() / 1_000));
    }

    /// Lets so many things happen, lets them come to rest, and judges.
    ///
    /// @throws Broken if a promise was not kept
    void run(long steps) {
        settle();
        for (step = 1; step <= steps; step++) {
            happen();
            pass(random.nextInt(random.nextInt(30) == 0 ? 2_000_000 : 30_000));
        }
        rest();
        judge();
    }

    // -------------------------------------------------------------------------------------------
    // who is there

    /// Lets time pass, as long as all promises are kept.
    private void pass(long us) {
        scheduler.runFor(us);
        verdict.broken()
                .ifPresent(broken -> {
                    throw broken;
                });
    }

    private void settle() {
        startDatabase();
        pass(SECOND_US);
        for (int i = 0; i < users; i++) {
            int devices = 1 + random.nextInt(3);
            for (int j = 0; j < devices; j++) {
                phones.add(phone("u" + i, "d" + j));
            }
            if (random.nextInt(6) == 0) {
                liars.add(phone("u" + i, "liar"));
            }
        }
        int conversations = 1 + users * 2 / 3 + random.nextInt(users);
        for (int i = 0; i < conversations; i++) {
            Set<String> members = new LinkedHashSet<>();
            int size = 2 + (random.nextInt(8) == 0 ? users : random.nextInt(4));
            for (int j = 0; j < size; j++) {
                members.add(anyUser());
            }
            put(
                    "g" + i,
                    Kind.GROUP,
                    random.nextBoolean() ? History.ALL : History.FROM_JOIN,
                    members);
        }
        pass(SECOND_US);
        phones.forEach(Phone::switchOn);
        liars.forEach(Phone::switchOn);
        pass(3 * SECOND_US);
    }

    private Phone phone(String user, String id) {
        return new Phone(scheduler, random.split(), this, verdict, user, id);
    }

    private String anyUser() {
        return "u" + random.nextInt(users);
    }

    private void put(String id, Kind kind, History history, Set<String> members) {
        Set<UserId> set = new LinkedHashSet<>();
        members.forEach(user -> set.add(new UserId(user)));
        everIn.computeIfAbsent(id, it -> new LinkedHashSet<>()).addAll(members);
        String title = "title " + ++contents;
        operate(node ->
                node.conversations.put(
                        new Conversation(new ConversationId(id), kind, title, history), set));
    }

    /// An operator does something by way of any node, and takes a refusal for an answer.
    private void operate(Consumer<Node> what) {
        if (nodes.isEmpty()) {
            return;
        }
        Node node = any(nodes);
        node.life.execute(() -> {
            try {
                what.accept(node);
            } catch (Refused denied) {
                // Not this time.
            }
        });
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    // -------------------------------------------------------------------------------------------
    // the network

    @Override
    public Optional<Wire> connect(Link.Listener listener, Phone phone) {
        if (nodes.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new Wire(
                        scheduler,
                        random.split(),
                        any(nodes),
                        limits,
                        listener,
                        verdict.connection(phone)));
    }

    @Override
    public String token(Phone phone) {
        return tokens.computeIfAbsent(
                phone.user,
                user ->
                        Node.tokens(limits, scheduler)
                                .mint(
                                        new UserId(user),
                                        Optional.empty(),
                                        Duration.ofDays(TOKEN_DAYS))
                                .token());
    }

    // -------------------------------------------------------------------------------------------
    // what happens

    private void happen() {
        int what = random.nextInt(1_000);
        if (what < 930) {
            somebodyDoesSomething(any(phones), what);
        } else if (what < 960) {
            operatorDoesSomething();
        } else if (what < 980 && !liars.isEmpty()) {
            lie(any(liars));
        } else if (what < 992) {
            trouble();
        } else if (what < 995) {
            database.disk.trouble(Trouble.NONE);
            hints.lose(0);
        } else if (what < 998) {
            if (!nodes.isEmpty() && losesHints) {
                killNode(any(nodes));
            }
        } else if (what < 999) {
            killDatabase();
        } else {
            pass(random.nextInt(600) * SECOND_US);
        }
    }

    private void somebodyDoesSomething(Phone phone, int what) {
        if (what < 450) {
            conversation(phone).ifPresent(id -> phone.write(id, "message " + ++contents));
        } else if (what < 650) {
            conversation(phone).ifPresent(id -> lookAt(phone, id));
        } else if (what < 710) {
            own(phone).ifPresent(seen -> phone.edit(seen[0], seen[1], "edit " + ++contents));
        } else if (what < 730) {
            own(phone).ifPresent(seen -> phone.recall(seen[0], seen[1]));
        } else if (what < 770) {
            phone.cut();
        } else if (what < 790) {
            phone.fallSilent();
        } else if (what < 810) {
            phone.crash();
        } else if (what < 850) {
            phone.backUp();
        } else if (what < 880) {
            phone.active(random.nextBoolean());
        } else if (what < 900) {
            phone.switchOff();
            scheduler.at(scheduler.nowUs() + random.nextLong(120 * SECOND_US), phone::switchOn);
        } else {
            int burst = 1 + random.nextInt(random.nextInt(5) == 0 ? 40 : 5);
            conversation(phone)
                    .ifPresent(id -> {
                        for (int i = 0; i < burst; i++) {
                            phone.write(id, "message " + ++contents);
                        }
                    });
        }
    }

    private Optional<String> conversation(Phone phone) {
        List<String> known = List.copyOf(phone.model().conversations());
        return known.isEmpty() ? Optional.empty() : Optional.of(any(known));
    }

    private void lookAt(Phone phone, String conversation) {
        long newest = phone.model().newest(conversation);
        if (newest > 0) {
            phone.read(conversation, Math.max(1, newest - random.nextInt(3)));
        }
    }

    /// A message that this user has sent: conversation and id.
    private Optional<String[]> own(Phone phone) {
        return conversation(phone)
                .flatMap(id ->
                        Objects.requireNonNull(phone.model().views().get(id))
                                .messages()
                                .values()
                                .stream()
                                .filter(seen -> seen.sender().equals(phone.user))
                                .reduce((one, other) -> random.nextInt(3) == 0 ? one : other)
                                .map(seen -> new String[] {id, seen.id()}));
    }

    private void operatorDoesSomething() {
        String id = any(List.copyOf(everIn.keySet()));
        ConversationId conversation = new ConversationId(id);
        String user = anyUser();
        switch (random.nextInt(4)) {
            case 0 -> operate(node -> node.conversations.leave(conversation, new UserId(user)));
            case 1, 2 -> {
                everIn.computeIfAbsent(id, it -> new LinkedHashSet<>()).add(user);
                verdict.joined(user, id);
                operate(node -> node.conversations.join(conversation, new UserId(user)));
            }
            default -> {
                String other = anyUser();
                if (!other.equals(user)) {
                    put(
                            "p-" + user + "-" + other,
                            Kind.DIRECT,
                            History.FROM_JOIN,
                            Set.of(user, other));
                }
            }
        }
    }

    /// What no client should say.
    private void lie(Phone liar) {
        ByteString elsewhere = any(phones).model().position().orElse(ByteString.EMPTY);
        String conversation = any(List.copyOf(everIn.keySet()));
        switch (random.nextInt(5)) {
            case 0 -> liar.acknowledge(elsewhere);
            case 1 -> liar.acknowledge(ByteString.copyFromUtf8("nonsense"));
            case 2 ->
                    liar.say(
                            ClientFrame.newBuilder()
                                    .setMarkDelivered(
                                            MarkDelivered.newBuilder()
                                                    .setConversationId(conversation)
                                                    .setSeq(1_000_000)));
            case 3 ->
                    liar.say(
                            ClientFrame.newBuilder()
                                    .setMarkRead(
                                            MarkRead.newBuilder()
                                                    .setConversationId(conversation)
                                                    .setSeq(1_000_000)));
            default -> liar.say(ClientFrame.newBuilder().setAck(Ack.getDefaultInstance()));
        }
    }

    private void trouble() {
        switch (random.nextInt(3)) {
            case 0 -> hints.lose(losesHints ? random.nextInt(60) : 0);
            default -> {
                Trouble trouble = any(List.of(Trouble.values()));
                verdict.note("the disk has trouble", trouble);
                database.disk.trouble(trouble);
            }
        }
    }

    // -------------------------------------------------------------------------------------------
    // processes

    private void startDatabase() {
        database.start(opened -> {
            store = opened;
            while (nodes.size() < nodeCount) {
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

    private void killNode(Node node) {
        verdict.note("a node is killed");
        nodes.remove(node);
        node.life.kill();
        for (List<Phone> some : List.of(phones, liars)) {
            for (Phone phone : some) {
                phone.wire().filter(wire -> wire.node() == node).ifPresent(Wire::nodeDied);
            }
        }
        scheduler.at(
                scheduler.nowUs() + random.nextLong(5 * SECOND_US),
                () -> {
                    if (nodes.size() < nodeCount) {
                        startNode();
                    }
                });
    }

    private void killDatabase() {
        verdict.note("the database is killed");
        database.kill();
        store = null;
        List.copyOf(nodes).forEach(this::killNode);
        database.disk.trouble(Trouble.NONE);
        scheduler.at(
                scheduler.nowUs() + random.nextLong(5 * SECOND_US),
                () -> {
                    if (store == null) {
                        startDatabase();
                    }
                });
    }

    // -------------------------------------------------------------------------------------------
    // at rest

    /// No more trouble, everybody is there, and nothing more is asked for.
    private void rest() {
        verdict.note("the world comes to rest");
        hints.lose(0);
        database.disk.trouble(Trouble.NONE);
        scheduler.calm(true);
        if (store == null || store.fault().isPresent()) {
            killDatabase();
        }
        for (Phone phone : phones) {
            phone.switchOn();
        }
        liars.forEach(Phone::switchOff);
        for (int i = 0; i < RESTS; i++) {
            pass(REST_US);
            phones.forEach(phone -> phone.active(true));
            if (i > 1 && phones.stream().allMatch(phone -> phone.wants().isEmpty())) {
                pass(REST_US);
                return;
            }
        }
        phones.stream()
                .filter(phone -> !phone.wants().isEmpty())
                .findFirst()
                .ifPresent(phone -> {
                    throw new Broken("%s waits in vain for %s".formatted(phone, phone.wants()));
                });
    }

    private void judge() {
        Truth truth = truth();
        verdict.judge(truth);
        Map<String, DeviceModel> anyOfUser = new HashMap<>();
        phones.forEach(phone -> anyOfUser.put(phone.user, phone.model()));
        phones.forEach(phone -> verdict.judge(phone, truth, anyOfUser));
        Map<String, Phone> fresh = new LinkedHashMap<>();
        for (Phone phone : phones) {
            fresh.computeIfAbsent(phone.user, user -> phone(user, "fresh"));
        }
        fresh.values().forEach(Phone::switchOn);
        pass(REST_US);
        for (Phone phone : phones) {
            verdict.judge(phone, Objects.requireNonNull(fresh.get(phone.user)));
        }
    }

    private Truth truth() {
        Map<String, List<Message>> history = new LinkedHashMap<>();
        Map<String, Map<String, Long>> members = new LinkedHashMap<>();
        boolean[] done = {false};
        Store open = Objects.requireNonNull(store);
        scheduler.new Life()
                .execute(() -> {
                    everIn.forEach((id, users) -> {
                        ConversationId conversation = new ConversationId(id);
                        if (open.conversation(conversation).isPresent()) {
                            history.put(
                                    id, open.history(conversation, 1, Long.MAX_VALUE, 1_000_000));
                            Map<String, Long> since = new LinkedHashMap<>();
                            users.forEach(user ->
                                    open.member(conversation, new UserId(user))
                                            .ifPresent(
                                                    member -> since.put(user, member.sinceSeq())));
                            members.put(id, since);
                        }
                    });
                    done[0] = true;
                });
        pass(60 * SECOND_US);
        if (!done[0]) {
            throw new Broken("the store does not answer");
        }
        return new Truth(history, members);
    }
}
