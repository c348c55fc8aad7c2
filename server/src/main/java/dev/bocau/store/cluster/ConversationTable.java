package dev.bocau.store.cluster;

import com.datastax.oss.driver.api.core.cql.BatchableStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import dev.bocau.model.ConversationId;
import dev.bocau.model.Media;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.store.cluster.Cassandra.Decision;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The conversations in Cassandra: reads them, and decides what becomes of them. What a decision
/// rests on is a condition of it, so a {@link ConversationView} that is out of date costs another
/// try and nothing else.
final class ConversationTable {
    private static final String PARTITION = " WHERE conversation = ? AND bucket = ?";
    private static final String STATICS =
            "SELECT head, last_ms, version, roster FROM conversation" + PARTITION + " LIMIT 1";
    private static final String SENT_COLUMNS = "SELECT fingerprint, sent_id, sent_seq, sent_ms";

    /// Of so many conversations it is remembered which bucket was the newest.
    private static final int BUCKETS = 100_000;

    private final Cassandra cassandra;
    private final Installation installation;
    private final Rosters rosters;
    private final int localIdSeconds;
    private final Map<ConversationId, Long> buckets;
    private final Shared<ConversationId, Optional<ConversationView>> views = new Shared<>();

    /// What was sent under a localId.
    record SentBefore(byte[] fingerprint, MessageId message, long seq, long timestampMs) {}

    /// A message to be, and what it is remembered under: the name of the localId with which it was
    /// asked for, and a fingerprint of what.
    record New(Message message, String name, byte[] fingerprint) {}

    ConversationTable(
            Cassandra cassandra, Installation installation, Rosters rosters, int localIdSeconds) {
        this.cassandra = cassandra;
        this.installation = installation;
        this.rosters = rosters;
        this.localIdSeconds = localIdSeconds;
        this.buckets =
                Collections.synchronizedMap(
                        new LinkedHashMap<>() {
                            @Override
                            protected boolean removeEldestEntry(
                                    Map.Entry<ConversationId, Long> it) {
                                return size() > BUCKETS;
                            }
                        });
    }

    // ----------------------------------------------------------------------------------------------------------- reading

    /// How it stands; empty if there is no such conversation.
    Optional<ConversationView> view(ConversationId id) {
        return views.ask(id, () -> view(id, cassandra::row));
    }

    /// How it stands, once what was begun and is not known to be is finished or seen not to be
    /// there.
    Optional<ConversationView> settledView(ConversationId id) {
        return view(id, cassandra::decided);
    }

    private interface Asking {
        Optional<Row> row(String cql, Object... values);
    }

    /// Of buckets that are full only the way to the next one is of interest: the roster that they
    /// name may be gone.
    private Optional<ConversationView> view(ConversationId id, Asking asking) {
        long bucket = newestBucket(id);
        Optional<Row> newest = statics(id, bucket, asking);
        while (newest.isPresent()
                && newest.get().getLong("head") == ConversationView.full(bucket)) {
            Optional<Row> next = statics(id, bucket + 1, asking);
            if (next.isEmpty()) {
                break;
            }
            newest = next;
            bucket++;
        }
        if (newest.isEmpty()) {
            return Optional.empty();
        }
        buckets.put(id, bucket);
        return Optional.of(view(id, bucket, newest.get()));
    }

    /// The newest bucket, or one before it.
    private long newestBucket(ConversationId id) {
        Long known = buckets.get(id);
        if (known != null) {
            return known;
        }
        return cassandra
                .row("SELECT bucket FROM newest_bucket WHERE conversation = ?", installation.of(id))
                .map(row -> row.getLong(0))
                .orElse(0L);
    }

    private Optional<Row> statics(ConversationId id, long bucket, Asking asking) {
        return asking.row(STATICS, installation.of(id), bucket).filter(row -> !row.isNull("head"));
    }

    private ConversationView view(ConversationId id, long bucket, Row statics) {
        return new ConversationView(
                id,
                bucket,
                statics.getLong("head"),
                statics.getLong("last_ms"),
                statics.getLong("version"),
                rosters.get(id, Objects.requireNonNull(statics.getUuid("roster"))));
    }

    /// What was sent under each of these localIds, or asked to be done to a message of this bucket:
    /// remembered in the bucket, or, of those that are full, beside them.
    List<Optional<SentBefore>> sent(ConversationView view, long bucket, List<String> names) {
        String id = installation.of(view.id());
        List<Optional<SentBefore>> found = new ArrayList<>();
        for (Optional<Row> row :
                cassandra.rowOfEach(
                        names.stream()
                                .map(name ->
                                        cassandra.bound(
                                                SENT_COLUMNS
                                                        + " FROM conversation"
                                                        + PARTITION
                                                        + " AND kind = 1 AND seq = 0 AND name = ?",
                                                id,
                                                bucket,
                                                name))
                                .toList())) {
            found.add(row.map(ConversationTable::sentBefore));
        }
        if (view.bucket() > 0) {
            List<Optional<Row>> older =
                    cassandra.rowOfEach(
                            names.stream()
                                    .map(name ->
                                            cassandra.bound(
                                                    SENT_COLUMNS
                                                            + " FROM sent WHERE conversation = ? AND name = ?",
                                                    id,
                                                    name))
                                    .toList());
            for (int i = 0; i < found.size(); i++) {
                Optional<Row> row = older.get(i);
                found.set(i, found.get(i).or(() -> row.map(ConversationTable::sentBefore)));
            }
        }
        return found;
    }

    private static SentBefore sentBefore(Row row) {
        ByteBuffer fingerprint = Objects.requireNonNull(row.getByteBuffer("fingerprint"));
        byte[] bytes = new byte[fingerprint.remaining()];
        fingerprint.get(bytes);
        return new SentBefore(
                bytes,
                new MessageId(Objects.requireNonNull(row.getUuid("sent_id"))),
                row.getLong("sent_seq"),
                row.getLong("sent_ms"));
    }

    // ---------------------------------------------------------------------------------------------------------- deciding

    /// Adds messages behind the head, all or none: if the head and the version are still those of
    /// the view, and nothing was sent under any of their names. There is room for them.
    Decision append(ConversationView view, List<New> messages) {
        String id = installation.of(view.id());
        Message last = messages.getLast().message();
        List<BatchableStatement<?>> batch = new ArrayList<>();
        batch.add(
                cassandra.bound(
                        "UPDATE conversation SET head = ?, last_ms = ?"
                                + PARTITION
                                + " IF head = ? AND version = ?",
                        last.seq(),
                        last.timestampMs(),
                        id,
                        view.bucket(),
                        view.head(),
                        view.version()));
        for (New each : messages) {
            Message message = each.message();
            batch.add(insert(id, view.bucket(), message));
            batch.add(remember(id, view.bucket(), each));
        }
        return cassandra.decide(batch);
    }

    private BatchableStatement<?> insert(String id, long bucket, Message message) {
        return cassandra.boundNew(
                "INSERT INTO conversation (conversation, bucket, kind, seq, name, id, sender, device, local_id, content_kind, content, media, at_ms, message_version) VALUES (?, ?, 0, ?, '', ?, ?, ?, ?, ?, ?, ?, ?, 0)",
                id,
                bucket,
                message.seq(),
                message.id().uuid(),
                message.sender().value(),
                message.senderDevice().value(),
                message.localId().value(),
                message.kind().name(),
                message.content(),
                bytes(message.media()),
                message.timestampMs());
    }

    /// How it is kept what a message carries.
    static @Nullable ByteBuffer bytes(@Nullable Media media) {
        return media == null ? null : ByteBuffer.wrap(media.encode());
    }

    /// Makes a conversation that is not there.
    Decision create(ConversationId id, Roster roster) {
        return begin(installation.of(id), 0, 0, 0, 1, roster.id());
    }

    /// Goes on in a new bucket where the newest is full, which takes nothing more from then on.
    Decision turn(ConversationView full) {
        String id = installation.of(full.id());
        List<Row> remembered =
                cassandra.rows(
                        "SELECT name, fingerprint, sent_id, sent_seq, sent_ms FROM conversation"
                                + PARTITION
                                + " AND kind = 1",
                        id,
                        full.bucket());
        cassandra.writeAll(
                remembered.stream()
                        .map(row ->
                                cassandra.bound(
                                        "INSERT INTO sent (conversation, name, fingerprint, sent_id, sent_seq, sent_ms) VALUES (?, ?, ?, ?, ?, ?) USING TTL ?",
                                        id,
                                        row.getString("name"),
                                        row.getByteBuffer("fingerprint"),
                                        row.getUuid("sent_id"),
                                        row.getLong("sent_seq"),
                                        row.getLong("sent_ms"),
                                        localIdSeconds))
                        .toList());
        Decision decision =
                begin(
                        id,
                        full.bucket() + 1,
                        full.head(),
                        full.lastMs(),
                        full.version(),
                        full.roster().id());
        if (decision != Decision.UNKNOWN) {
            newestBucket(full.id(), full.bucket() + 1);
        }
        return decision;
    }

    /// Notes where to begin to look for the newest bucket.
    void newestBucket(ConversationId id, long bucket) {
        cassandra.write(
                "INSERT INTO newest_bucket (conversation, bucket) VALUES (?, ?) USING TIMESTAMP ?",
                installation.of(id),
                bucket,
                bucket);
    }

    private Decision begin(
            String id, long bucket, long head, long lastMs, long version, UUID roster) {
        return cassandra.decide(
                "UPDATE conversation SET head = ?, last_ms = ?, version = ?, roster = ?"
                        + PARTITION
                        + " IF head = null",
                head,
                lastMs,
                version,
                roster,
                id,
                bucket);
    }

    /// Changes title, history or members. What was sent meanwhile is seen by those who were members
    /// then: the head is a condition.
    Decision change(ConversationView view, Roster next) {
        return cassandra.decide(
                "UPDATE conversation SET version = ?, roster = ?"
                        + PARTITION
                        + " IF version = ? AND head = ?",
                view.version() + 1,
                next.id(),
                installation.of(view.id()),
                view.bucket(),
                view.version(),
                view.head());
    }

    /// Makes a message what it is to be, if it is still in the version before. Where it is one of
    /// the newest bucket, only as long as the members are those of the view.
    Decision change(ConversationView view, New next) {
        Message message = next.message();
        String id = installation.of(view.id());
        long bucket = ConversationView.bucketOf(message.seq());
        List<BatchableStatement<?>> batch = new ArrayList<>();
        if (bucket == view.bucket()) {
            batch.add(
                    cassandra.bound(
                            "UPDATE conversation SET version = ?" + PARTITION + " IF version = ?",
                            view.version(),
                            id,
                            bucket,
                            view.version()));
        }
        batch.add(
                cassandra.bound(
                        "UPDATE conversation SET content = ?, media = ?, message_version = ?, edited_ms = ?, recalled_ms = ?"
                                + PARTITION
                                + " AND kind = 0 AND seq = ? AND name = '' IF message_version = ?",
                        message.content(),
                        bytes(message.media()),
                        message.version(),
                        message.editedAtMs(),
                        message.recalledAtMs(),
                        id,
                        bucket,
                        message.seq(),
                        message.version() - 1));
        batch.add(remember(id, bucket, next));
        return cassandra.decide(batch);
    }

    private BatchableStatement<?> remember(String id, long bucket, New each) {
        return cassandra.bound(
                "INSERT INTO conversation (conversation, bucket, kind, seq, name, fingerprint, sent_id, sent_seq, sent_ms) VALUES (?, ?, 1, 0, ?, ?, ?, ?, ?) IF NOT EXISTS USING TTL ?",
                id,
                bucket,
                each.name(),
                ByteBuffer.wrap(each.fingerprint()),
                each.message().id().uuid(),
                each.message().seq(),
                each.message().timestampMs(),
                localIdSeconds);
    }
}
