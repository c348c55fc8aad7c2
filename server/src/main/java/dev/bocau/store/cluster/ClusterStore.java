package dev.bocau.store.cluster;

import dev.bocau.model.Appended;
import dev.bocau.model.Commit;
import dev.bocau.model.Conversation;
import dev.bocau.model.ConversationId;
import dev.bocau.model.ConversationState;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Mark;
import dev.bocau.model.Member;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.Position.Cursor;
import dev.bocau.model.Refused;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import dev.bocau.redis.RedisCluster;
import dev.bocau.redis.RedisUnavailable;
import dev.bocau.store.Acknowledgement;
import dev.bocau.store.Change;
import dev.bocau.store.Connected;
import dev.bocau.store.Draft;
import dev.bocau.store.LogRead;
import dev.bocau.store.MessageStatus;
import dev.bocau.store.Outcome;
import dev.bocau.store.PushMark;
import dev.bocau.store.PushTarget;
import dev.bocau.store.Reading;
import dev.bocau.store.RegisteredDevice;
import dev.bocau.store.Sent;
import dev.bocau.store.Standing;
import dev.bocau.store.Store;
import dev.bocau.store.Unread;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The {@link Store} of a cluster: any number of nodes over one Cassandra and one Redis Cluster.
public final class ClusterStore implements Store {
    private final Cassandra cassandra;
    private final Installation installation;
    private final ClusterContext context;
    private final Tables tables;
    private final Messages messages;
    private final States states;
    private final LogReader logs;
    private final SendQueues sending;
    private final Changing changing;
    private final Marking marking;
    private final Memberships memberships;
    private final Steps steps;
    private final Journal journal;
    private final Watch watch;
    private final Consumer<Outcome.Kept<?>> later;
    private final Runnable closed;

    /// Opens the store.
    ///
    /// @param later hears of what was put into logs after the step was answered
    /// @throws IllegalStateException in words for an operator
    public static ClusterStore open(
            Engines engines,
            RedisCluster redis,
            ClusterContext context,
            Consumer<Outcome.Kept<?>> later) {
        Cassandra cassandra = new Cassandra(engines);
        try {
            EngineChecks.check(cassandra, redis);
            return new ClusterStore(
                    cassandra,
                    redis,
                    new Installation(engines.installation()),
                    context,
                    later,
                    cassandra::close);
        } catch (Refused | RedisUnavailable | IllegalStateException e) {
            cassandra.close();
            throw new IllegalStateException(
                    "the cluster's store cannot be opened: " + e.getMessage(), e);
        }
    }

    ClusterStore(
            Cassandra cassandra,
            RedisCluster redis,
            Installation installation,
            ClusterContext context,
            Consumer<Outcome.Kept<?>> later,
            Runnable closed) {
        this.closed = closed;
        this.cassandra = cassandra;
        this.installation = installation;
        this.context = context;
        this.later = later;
        Commit history = history();
        Functions functions = new Functions(redis);
        DeviceSessions sessions = new DeviceSessions(functions, installation, context.clock());
        tables = Tables.of(cassandra, sessions, installation, context);
        RecentMessages recent = new RecentMessages(functions, installation, context.threads());
        messages = new Messages(recent, tables.messages());
        states = new States(tables, messages, context);
        Logs userLogs =
                new Logs(
                        functions,
                        new Generations(cassandra, installation),
                        installation,
                        context.limits(),
                        context.clock());
        logs = new LogReader(userLogs, tables, messages, states, history, context);

        FanOut fanOut = new FanOut(userLogs, context, this::putLater);
        Repairs repairs = new Repairs(tables, recent, fanOut, context);
        journal = new Journal(cassandra, installation, UUID.randomUUID());
        steps = new Steps(journal, fanOut, repairs, history);
        marking = new Marking(tables, sessions, steps, context);
        Sending deciding =
                new Sending(
                        tables.conversations(), context.clock(), context.timer(), context.random());
        sending = new SendQueues(deciding, marking, recent, steps, context);
        changing = new Changing(tables, recent, steps, context);
        memberships = new Memberships(cassandra, installation, tables, steps, context);
        watch = new Watch(cassandra, installation, journal, repairs, context);
        watch.start();
    }

    /// What positions of this installation are known by, from its first start on.
    private Commit history() {
        checkMigrated();
        while (true) {
            Optional<Long> start =
                    cassandra
                            .decided(
                                    "SELECT start FROM history WHERE installation = ?",
                                    installation.key())
                            .map(row -> row.getLong(0));
            if (start.isPresent()) {
                checkMigrated();
                return new Commit(start.get(), 0);
            }
            var _ =
                    cassandra.decide(
                            "INSERT INTO history (installation, start) VALUES (?, ?) IF NOT EXISTS",
                            installation.key(),
                            context.random().nextLong());
        }
    }

    /// Before and behind the note that this installation is used: who migrates looks for that in
    /// turn.
    private void checkMigrated() {
        if (ClusterArchive.isUnderWay(cassandra, installation)) {
            throw new IllegalStateException(
                    "a migration into it is not finished: run `bocau migrate` again");
        }
    }

    private void putLater(List<Appended> appended) {
        if (!appended.isEmpty()) {
            later.accept(steps.kept("later", appended));
        }
    }

    private static <T> Outcome<T> outcome(Supplier<Outcome<T>> step) {
        try {
            return step.get();
        } catch (Refused refused) {
            return new Outcome.Denied<>(refused.refusal());
        }
    }

    // ---------------------------------------------------------------------------------------------------------- writes

    @Override
    public CompletableFuture<Outcome<Sent>> send(Draft draft) {
        return sending.send(draft);
    }

    @Override
    public Outcome<Sent> change(Change change) {
        return changing.change(change);
    }

    @Override
    public CompletableFuture<Outcome<List<Mark>>> acknowledge(Acknowledgement acknowledgement) {
        return CompletableFuture.supplyAsync(
                () -> marking.acknowledge(acknowledgement), context.threads());
    }

    @Override
    public Outcome<Long> read(Reading reading) {
        return marking.read(reading);
    }

    @Override
    public Outcome<Conversation> putConversation(Conversation conversation, Set<UserId> members) {
        return memberships.put(conversation, members);
    }

    @Override
    public Outcome<Member> putMember(ConversationId conversation, UserId user) {
        return memberships.add(conversation, user);
    }

    @Override
    public Outcome<Boolean> removeMember(ConversationId conversation, UserId user) {
        return memberships.remove(conversation, user);
    }

    @Override
    public Outcome<Long> mute(UserId user, ConversationId conversation, long untilMs) {
        return memberships.mute(user, conversation, untilMs);
    }

    @Override
    public Outcome<String> putUser(UserId user, String name) {
        return outcome(() -> {
            cassandra.write(
                    "INSERT INTO user_name (user, name) VALUES (?, ?)",
                    installation.of(user),
                    name);
            return steps.kept(name, List.of());
        });
    }

    @Override
    public Outcome<Connected> connect(UserId user, Device device, long tokenIssuedAtMs) {
        return outcome(() -> {
            String said = device.pushToken();
            Optional<String> before = said == null ? Optional.empty() : pushToken(user, device);
            Connected connected = tables.devices().connect(user, device, tokenIssuedAtMs);
            before.filter(token -> !token.equals(said))
                    .ifPresent(token -> tables.pushes().forget(user, device.id(), token));
            if (said != null && !said.isEmpty()) {
                tables.pushes().said(user, device.id(), said, () -> beginPushing(user));
            }
            return steps.kept(connected, List.of());
        });
    }

    private Optional<String> pushToken(UserId user, Device device) {
        return tables.devices().device(user, device.id()).map(Device::pushToken);
    }

    private PushMark beginPushing(UserId user) {
        return PushMark.begin(logs.head(user), context.clock().millis());
    }

    @Override
    public Outcome<Boolean> signOut(UserId user, DeviceId device) {
        return outcome(() -> {
            boolean was = tables.devices().signOut(user, device);
            tables.pushes().forget(user, device);
            return steps.kept(was, List.of());
        });
    }

    @Override
    public Outcome<Boolean> pushed(UserId user, DeviceId device, String pushToken, PushMark mark) {
        return outcome(
                () -> steps.kept(tables.pushes().pushed(user, device, pushToken, mark), List.of()));
    }

    @Override
    public Outcome<Boolean> dropPushToken(
            UserId user, DeviceId device, String pushToken, PushMark mark) {
        return outcome(() -> {
            boolean has =
                    tables.pushes().pushed(user, device, pushToken, mark)
                            && tables.devices().dropPushToken(user, device, pushToken);
            tables.pushes().forget(user, device, pushToken);
            return steps.kept(has, List.of());
        });
    }

    // ----------------------------------------------------------------------------------------------------------- reads

    @Override
    public List<Message> history(
            ConversationId conversation, long sinceSeq, long beforeSeq, int limit) {
        return tables.conversations()
                .view(conversation)
                .map(view -> messages.newest(view, sinceSeq, beforeSeq - 1, limit))
                .orElse(List.of());
    }

    @Override
    public Optional<Message> sent(
            ConversationId conversation, UserId sender, DeviceId device, LocalId localId) {
        String name = Sending.name(sender, device, localId);
        return tables.conversations()
                .settledView(conversation)
                .flatMap(view ->
                        tables.conversations().sent(view, view.bucket(), List.of(name)).getFirst())
                .flatMap(sent -> tables.messages().at(conversation, sent.seq()))
                .filter(message -> message.localId().equals(localId));
    }

    @Override
    public Optional<Long> seqOf(ConversationId conversation, MessageId message) {
        return tables.conversations()
                .view(conversation)
                .flatMap(view -> tables.messages().seqOf(view, message));
    }

    @Override
    public Optional<MessageStatus> status(ConversationId conversation, long seq) {
        return states.status(conversation, seq);
    }

    @Override
    public Optional<Conversation> conversation(ConversationId conversation) {
        return tables.conversations().view(conversation).map(view -> view.roster().conversation());
    }

    @Override
    public Optional<Member> member(ConversationId conversation, UserId user) {
        return tables.conversations()
                .view(conversation)
                .map(view -> view.roster().members().get(user))
                .map(membership -> new Member(user, membership.sinceSeq()));
    }

    @Override
    public boolean acquainted(UserId one, UserId other) {
        List<ConversationId> some =
                tables.memberships().of(one, Optional.empty(), Integer.MAX_VALUE);
        return !tables.memberships().among(other, some).isEmpty();
    }

    @Override
    public Cursor head(UserId user) {
        return logs.head(user);
    }

    @Override
    public boolean reaches(UserId user, Cursor cursor) {
        return logs.reaches(user, cursor);
    }

    @Override
    public LogRead read(UserId user, Cursor from, Set<Track> tracks, int maxEntries, int maxBytes) {
        return logs.read(user, from, tracks, maxEntries, maxBytes);
    }

    @Override
    public int countPast(UserId user, Cursor from) {
        return logs.countPast(user, from);
    }

    @Override
    public List<Mark> passed(UserId user, Optional<Cursor> from, Cursor to) {
        return logs.passed(user, from, to);
    }

    @Override
    public List<ConversationId> newest(UserId user, int limit) {
        return logs.newest(user, limit);
    }

    @Override
    public List<ConversationId> conversations(
            UserId user, Optional<ConversationId> after, int limit) {
        return tables.memberships().of(user, after, limit);
    }

    @Override
    public Optional<ConversationState> state(
            UserId user, ConversationId conversation, int recentBytes) {
        return states.state(user, conversation, recentBytes);
    }

    @Override
    public Optional<String> userName(UserId user) {
        return cassandra
                .row("SELECT name FROM user_name WHERE user = ?", installation.of(user))
                .map(row -> row.getString("name"));
    }

    @Override
    public List<RegisteredDevice> devices(UserId user) {
        return tables.devices().registered(user);
    }

    @Override
    public Standing standing(UserId user, DeviceId device) {
        return tables.devices().standing(user, device);
    }

    @Override
    public List<PushTarget> pushTargets(UserId user) {
        return tables.pushes().targets(user, tables.devices());
    }

    @Override
    public Optional<PushTarget> pushTarget(UserId user, DeviceId device) {
        return tables.pushes().target(user, device, tables.devices());
    }

    @Override
    public List<UserId> pushUsers(int slice, Optional<UserId> after, int limit) {
        return tables.pushes().users(slice, after, limit);
    }

    @Override
    public List<Unread> unread(UserId user) {
        return states.unread(user);
    }

    // ---------------------------------------------------------------------------------------------------------- itself

    @Override
    public Optional<String> fault() {
        return cassandra.fault().or(steps::fault);
    }

    @Override
    public void close() {
        watch.stop();
        sending.close();
        outcome(() -> {
            journal.close();
            return steps.kept("", List.of());
        });
        closed.run();
    }
}
