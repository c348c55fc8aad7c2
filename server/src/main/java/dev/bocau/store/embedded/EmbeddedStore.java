package dev.bocau.store.embedded;

import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
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
import dev.bocau.model.ReadTime;
import dev.bocau.model.Refusal;
import dev.bocau.model.Refused;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
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
import dev.bocau.time.Timer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The {@link Store} in one folder of this machine.
public final class EmbeddedStore implements Store {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedStore.class);
    private static final byte[] LAYOUT_KEY = Keys.of("layout");
    private static final long LAYOUT = 1;
    private static final int READERS = 4;
    private static final long FAILURE_LOG_MS = 1_000;
    private static final long FAILURE_SHOWN_MS = 60_000;
    private static final int ENTRIES_LOOKED_AT_FOR_NEWEST = 1_000;

    private final Kv kv;
    private final Limits limits;
    private final ReadTime readTime;
    private final InstantSource clock;
    private final Timer timer;
    private final Starts starts;
    private final Committer committer;
    private final Retention retention;
    private final Messages messages;
    private final Marks marks;
    private final Memberships memberships;
    private final PushTokens pushTokens;
    private final Devices devices;
    private final ExecutorService readers;
    private volatile @Nullable ReadFailure readFailure;

    private record ReadFailure(long atMs, String why) {}

    /// Opens the folder, or makes it.
    ///
    /// @throws IllegalStateException in words for an operator, if the folder cannot be used: it is
    ///   in use, damaged, or of a newer version
    public static EmbeddedStore open(Path folder, StoreContext context) {
        try {
            return new EmbeddedStore(new RocksKv(folder, context.limits().cacheMiB()), context);
        } catch (Kv.KvException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    EmbeddedStore(Kv kv, StoreContext context) {
        this.kv = kv;
        this.limits = context.limits();
        this.readTime = context.readTime();
        this.clock = context.clock();
        this.timer = context.timer();
        checkLayout(kv);
        this.starts = Starts.record(kv, context.random());
        LocalIds localIds = new LocalIds(Duration.ofDays(limits.localIdDays()));
        this.pushTokens = new PushTokens(clock);
        this.devices = new Devices(limits, clock, pushTokens);
        this.marks = new Marks(limits, readTime, clock, devices);
        this.messages = new Messages(localIds, marks, clock, context.random());
        this.memberships = new Memberships(limits, clock);
        Commit last = starts.last();
        this.committer = new Committer(kv, last, this::outgrown, context);
        this.retention = new Retention(kv, committer, localIds, context);
        this.readers =
                Executors.newFixedThreadPool(
                        READERS, work -> context.unstarted("bocau-read", work));
        LOG.info("the store is open at commit {}", last.number());
    }

    private void outgrown(Tx.Outgrown track) {
        retention.outgrown(track.user(), track.track());
    }

    static void checkLayout(Kv kv) {
        long found = Rows.numbers(kv.get(Table.META, LAYOUT_KEY), 1)[0];
        if (found > LAYOUT) {
            kv.close();
            throw new IllegalStateException(
                    "the data folder was written by a newer version of Bocau (layout %d, this is %d)"
                            .formatted(found, LAYOUT));
        }
        if (found == 0) {
            byte[] row = Rows.of(new long[] {LAYOUT});
            kv.write(List.of(new Kv.Change(Table.META, LAYOUT_KEY, row)));
        }
    }

    // ---------------------------------------------------------------------------------------------------------- writes

    @Override
    public CompletableFuture<Outcome<Sent>> send(Draft draft) {
        return committer.submit(tx -> messages.send(tx, draft));
    }

    @Override
    public Outcome<Sent> change(Change change) {
        return committer.run(tx -> messages.change(tx, change));
    }

    @Override
    public CompletableFuture<Outcome<List<Mark>>> acknowledge(Acknowledgement acknowledgement) {
        return committer.submitToRide(tx -> marks.acknowledge(tx, acknowledgement));
    }

    @Override
    public Outcome<Long> read(Reading reading) {
        return committer.run(tx -> marks.read(tx, reading));
    }

    @Override
    public Outcome<Conversation> putConversation(Conversation conversation, Set<UserId> members) {
        return committer.run(tx -> memberships.put(tx, conversation, members));
    }

    @Override
    public Outcome<Member> putMember(ConversationId conversation, UserId user) {
        return committer.run(tx -> memberships.add(tx, conversation, user));
    }

    @Override
    public Outcome<Boolean> removeMember(ConversationId conversation, UserId user) {
        return committer.run(tx -> memberships.remove(tx, conversation, user));
    }

    @Override
    public Outcome<Long> mute(UserId user, ConversationId conversation, long untilMs) {
        return committer.run(tx -> memberships.mute(tx, user, conversation, untilMs));
    }

    @Override
    public Outcome<String> putUser(UserId user, String name) {
        return committer.run(tx -> {
            byte[] row = name.getBytes(StandardCharsets.UTF_8);
            tx.put(Table.USERS, Keys.of(user.value()), row);
            return name;
        });
    }

    @Override
    public Outcome<Connected> connect(UserId user, Device device, long tokenIssuedAtMs) {
        return committer.runInReserve(tx -> devices.connect(tx, user, device, tokenIssuedAtMs));
    }

    @Override
    public Outcome<Boolean> signOut(UserId user, DeviceId device) {
        return committer.runInReserve(tx -> devices.signOut(tx, user, device));
    }

    @Override
    public Outcome<Boolean> pushed(UserId user, DeviceId device, String pushToken, PushMark mark) {
        return committer.run(tx -> pushTokens.pushed(tx, user, device, pushToken, mark));
    }

    @Override
    public Outcome<Boolean> dropPushToken(
            UserId user, DeviceId device, String pushToken, PushMark mark) {
        return committer.run(tx -> pushTokens.drop(tx, user, device, pushToken, mark));
    }

    // ----------------------------------------------------------------------------------------------------------- reads

    @Override
    public List<Message> history(
            ConversationId conversation, long sinceSeq, long beforeSeq, int limit) {
        return read(reader -> reader.history(conversation, sinceSeq, beforeSeq, limit));
    }

    @Override
    public Optional<Message> sent(
            ConversationId conversation, UserId sender, DeviceId device, LocalId localId) {
        return read(reader -> reader.sent(conversation, sender, device, localId, clock.millis()));
    }

    @Override
    public Optional<Long> seqOf(ConversationId conversation, MessageId message) {
        return read(reader -> reader.seqOf(conversation, message));
    }

    @Override
    public Optional<MessageStatus> status(ConversationId conversation, long seq) {
        return onView(view ->
                new StatusReader(view, new Reader(view, limits), readTime)
                        .status(conversation, seq));
    }

    @Override
    public Optional<Conversation> conversation(ConversationId conversation) {
        return read(reader -> reader.conversation(conversation));
    }

    @Override
    public Optional<Member> member(ConversationId conversation, UserId user) {
        return read(reader -> reader.member(conversation, user))
                .map(row -> new Member(user, row.sinceSeq()));
    }

    @Override
    public boolean acquainted(UserId one, UserId other) {
        return read(reader -> reader.acquainted(one, other));
    }

    @Override
    public Cursor head(UserId user) {
        return readLog(user, LogReader::head);
    }

    @Override
    public boolean reaches(UserId user, Cursor cursor) {
        return readLog(
                user,
                log -> log.reaches(cursor, Set.of(Track.values())) && log.head().reaches(cursor));
    }

    @Override
    public LogRead read(UserId user, Cursor from, Set<Track> tracks, int maxEntries, int maxBytes) {
        return readLog(user, log -> log.read(from, tracks, maxEntries, maxBytes));
    }

    @Override
    public int countPast(UserId user, Cursor from) {
        return readLog(user, log -> log.countPast(from));
    }

    @Override
    public List<Mark> passed(UserId user, Optional<Cursor> from, Cursor to) {
        return readLog(user, log -> log.passed(from, to));
    }

    @Override
    public List<ConversationId> newest(UserId user, int limit) {
        return readLog(user, log -> log.newest(limit, ENTRIES_LOOKED_AT_FOR_NEWEST));
    }

    @Override
    public List<ConversationId> conversations(
            UserId user, Optional<ConversationId> after, int limit) {
        return read(reader -> reader.conversations(user, after, limit));
    }

    @Override
    public Optional<ConversationState> state(
            UserId user, ConversationId conversation, int recentBytes) {
        return read(reader -> reader.state(user, conversation, recentBytes));
    }

    @Override
    public Optional<String> userName(UserId user) {
        return onView(view -> Optional.ofNullable(view.get(Table.USERS, Keys.of(user.value()))))
                .map(row -> new String(row, StandardCharsets.UTF_8));
    }

    @Override
    public List<RegisteredDevice> devices(UserId user) {
        return read(reader -> reader.devices(user));
    }

    @Override
    public Standing standing(UserId user, DeviceId device) {
        return read(reader -> reader.standing(user, device));
    }

    @Override
    public List<PushTarget> pushTargets(UserId user) {
        return read(reader -> reader.pushTargets(user));
    }

    @Override
    public Optional<PushTarget> pushTarget(UserId user, DeviceId device) {
        return read(reader -> reader.pushTarget(user, device));
    }

    @Override
    public List<UserId> pushUsers(int slice, Optional<UserId> after, int limit) {
        return read(reader -> reader.pushUsers(slice, after, limit));
    }

    @Override
    public List<Unread> unread(UserId user) {
        return read(reader -> reader.unread(user));
    }

    private <R> R read(Function<Reader, R> reading) {
        return onView(view -> reading.apply(new Reader(view, limits)));
    }

    private <R> R readLog(UserId user, Function<LogReader, R> reading) {
        return onView(view -> reading.apply(new LogReader(view, limits, starts, user)));
    }

    /// Reads on a thread that may wait for the disk: a virtual thread would hold its carrier
    /// meanwhile.
    private <R> R onView(Function<Kv.View, R> reading) {
        try {
            return CompletableFuture.supplyAsync(
                            () -> {
                                try (Kv.View view = kv.view()) {
                                    return reading.apply(view);
                                }
                            },
                            readers)
                    .join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case Kv.KvException disk -> {
                    readingFailed(disk);
                    throw new Refused(
                            Refusal.retry(
                                    Code.UNAVAILABLE, "the store cannot be read at the moment"));
                }
                case RuntimeException other -> throw other;
                case null, default -> throw e;
            }
        }
    }

    private void readingFailed(Kv.KvException disk) {
        long now = timer.nowMs();
        ReadFailure before = readFailure;
        if (before == null || now - before.atMs > FAILURE_LOG_MS) {
            LOG.error("reading the store failed", disk);
            readFailure = new ReadFailure(now, String.valueOf(disk.getMessage()));
        }
    }

    // ---------------------------------------------------------------------------------------------------------- itself

    /// For tests: retention at a chosen time instead of once an hour.
    void sweep() {
        retention.sweep();
    }

    @Override
    public Optional<String> fault() {
        ReadFailure failure = readFailure;
        return committer
                .fault()
                .or(() ->
                        Optional.ofNullable(failure)
                                .filter(it -> timer.nowMs() - it.atMs < FAILURE_SHOWN_MS)
                                .map(it -> "reading has failed within the last minute: " + it.why));
    }

    @Override
    public void close() {
        retention.close();
        committer.close();
        readers.close();
        kv.close();
    }
}
