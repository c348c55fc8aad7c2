package dev.bocau.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.Conversation;
import dev.bocau.model.Conversation.History;
import dev.bocau.model.Conversation.Kind;
import dev.bocau.model.ConversationId;
import dev.bocau.model.ConversationState;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Entry;
import dev.bocau.model.LocalId;
import dev.bocau.model.Mark;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.Position.Cursor;
import dev.bocau.model.ReadTime;
import dev.bocau.model.Receipt;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import dev.bocau.store.Outcome.Denied;
import dev.bocau.testing.ManualTime;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// What every {@link Store} does, in parts. An implementation's test extends each part and says how
/// a store is opened.
public abstract class StoreContract {
    protected static final UserId ALICE = new UserId("alice");
    protected static final UserId BOB = new UserId("bob");
    protected static final UserId CAROL = new UserId("carol");
    protected static final DeviceId IPHONE = new DeviceId("iphone");
    protected static final DeviceId IPAD = new DeviceId("ipad");
    protected static final ConversationId C1 = new ConversationId("c1");
    protected static final ConversationId C2 = new ConversationId("c2");
    protected static final int ALL_BYTES = 1 << 20;

    protected final ManualTime time = new ManualTime();
    protected Limits limits = Limits.standard();
    protected ReadTime readTime = ReadTime.EARLIEST_READ_WINS;
    protected Store store;

    /// Opens a store, always on the same data.
    protected abstract Store open();

    @BeforeEach
    void openStore() {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    protected void reopen() {
        store.close();
        store = open();
    }

    protected void reopen(Limits newLimits) {
        limits = newLimits;
        reopen();
    }

    protected void group(ConversationId id, UserId... members) {
        put(id, Kind.GROUP, "", History.FROM_JOIN, members).orRefuse();
    }

    protected Outcome<Conversation> put(
            ConversationId id, Kind kind, String title, History history, UserId... members) {
        return store.putConversation(
                new Conversation(id, kind, title, history), new LinkedHashSet<>(List.of(members)));
    }

    protected static Draft draft(ConversationId conversation, UserId user, String localId) {
        return draft(conversation, user, IPHONE, localId, "content of " + localId, 0);
    }

    protected static Draft draft(
            ConversationId conversation,
            UserId user,
            DeviceId device,
            String localId,
            String content,
            long readSeq) {
        return new Draft(
                conversation,
                user,
                device,
                new LocalId(localId),
                Message.Kind.TEXT,
                content,
                null,
                readSeq);
    }

    protected Outcome<Sent> trySend(Draft draft) {
        return store.send(draft).join();
    }

    protected Sent send(ConversationId conversation, UserId user, String localId) {
        return trySend(draft(conversation, user, localId)).orRefuse().value();
    }

    protected void send(ConversationId conversation, UserId user, int count) {
        List<CompletableFuture<Outcome<Sent>>> all =
                IntStream.range(0, count)
                        .mapToObj(i -> store.send(draft(conversation, user, "bulk-" + i)))
                        .toList();
        all.forEach(one -> one.join().orRefuse());
    }

    protected static Code code(Outcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Denied.class);
        return ((Denied<?>) outcome).refusal().code();
    }

    protected List<Entry> entries(UserId user, Cursor from) {
        return page(user, from, Track.values()).entries();
    }

    protected LogRead.Page page(UserId user, Cursor from, Track... tracks) {
        LogRead read = store.read(user, from, Set.of(tracks), 10_000, ALL_BYTES);
        assertThat(read).isInstanceOf(LogRead.Page.class);
        return (LogRead.Page) read;
    }

    protected List<Long> seqs(UserId user, Cursor from) {
        return entries(user, from).stream()
                .filter(Entry.Added.class::isInstance)
                .map(entry -> ((Entry.Added) entry).message().seq())
                .toList();
    }

    /// Acknowledges, and lets pass the time that this may take.
    protected Outcome<List<Mark>> acknowledge(Acknowledgement acknowledgement) {
        CompletableFuture<Outcome<List<Mark>>> told = store.acknowledge(acknowledgement);
        time.advance(100);
        return told.join();
    }

    protected void deliver(UserId user, DeviceId device, ConversationId conversation, long seq) {
        acknowledge(
                        new Acknowledgement(
                                user,
                                device,
                                0,
                                Optional.empty(),
                                List.of(new Mark(conversation, seq))))
                .orRefuse();
    }

    protected void read(UserId user, DeviceId device, ConversationId conversation, long seq) {
        read(user, device, conversation, seq, time.millis());
    }

    protected void read(
            UserId user, DeviceId device, ConversationId conversation, long seq, long atMs) {
        store.read(new Reading(user, device, conversation, seq, atMs)).orRefuse();
    }

    protected ConversationState state(UserId user, ConversationId conversation) {
        return store.state(user, conversation, ALL_BYTES).orElseThrow();
    }

    protected static Device device(DeviceId id) {
        return new Device(id, Device.Type.MOBILE, Device.Platform.IOS, "1.0", null);
    }

    protected Receipt onlyReceipt(UserId user, Cursor from) {
        List<Receipt> receipts = receipts(user, from);
        assertThat(receipts).hasSize(1);
        return receipts.getFirst();
    }

    protected List<Receipt> receipts(UserId user, Cursor from) {
        return entries(user, from).stream()
                .filter(Entry.Received.class::isInstance)
                .map(entry -> ((Entry.Received) entry).receipt())
                .toList();
    }

    protected static long days(int days) {
        return days * 24L * 60 * 60 * 1_000;
    }

    protected static Change edit(MessageId message, String localId, String content) {
        return new Change(C1, ALICE, IPHONE, new LocalId(localId), message, Optional.of(content));
    }

    protected static Change recall(MessageId message, String localId) {
        return new Change(C1, ALICE, IPHONE, new LocalId(localId), message, Optional.empty());
    }
}
