package dev.bocau.store.cluster;

import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.protocol.internal.util.Bytes;
import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Media;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.UserId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads messages from Cassandra, in their latest state.
final class MessageReader {
    private static final String OF_BUCKET =
            " FROM conversation WHERE conversation = ? AND bucket = ? AND kind = 0";
    private static final String COLUMNS =
            "SELECT seq, id, sender, device, local_id, content_kind, content, media, at_ms, message_version, edited_ms, recalled_ms";

    private final Cassandra cassandra;
    private final Installation installation;

    MessageReader(Cassandra cassandra, Installation installation) {
        this.cassandra = cassandra;
        this.installation = installation;
    }

    /// The messages of these seqs, as far as there are any, oldest first.
    List<Message> between(ConversationId id, long from, long to) {
        List<Message> messages = new ArrayList<>();
        for (Row row : rows(COLUMNS, id, from, to)) {
            messages.add(message(id, row));
        }
        return messages;
    }

    Optional<Message> at(ConversationId id, long seq) {
        return between(id, seq, seq).stream().findFirst();
    }

    /// Who has sent the messages of these seqs, one after the other.
    List<UserId> senders(ConversationId id, long from, long to) {
        return rows("SELECT sender", id, from, to).stream()
                .map(row -> new UserId(text(row, "sender")))
                .toList();
    }

    private List<Row> rows(String columns, ConversationId id, long from, long to) {
        List<Row> rows = new ArrayList<>();
        for (long bucket = ConversationView.bucketOf(Math.max(1, from));
                bucket <= ConversationView.bucketOf(to);
                bucket++) {
            rows.addAll(
                    cassandra.rows(
                            columns + OF_BUCKET + " AND seq >= ? AND seq <= ?",
                            installation.of(id),
                            bucket,
                            from,
                            to));
        }
        return rows;
    }

    /// The place of a message. Times never decrease along a conversation, and an id has the time of
    /// its message in it.
    Optional<Long> seqOf(ConversationView view, MessageId message) {
        long low = 0;
        long high = view.bucket();
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (newestMs(view, middle) < message.timestampMs()) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        for (long bucket = low; bucket <= view.bucket(); bucket++) {
            Optional<Row> row =
                    cassandra.row(
                            "SELECT seq" + OF_BUCKET + " AND id = ? ALLOW FILTERING",
                            installation.of(view.id()),
                            bucket,
                            message.uuid());
            if (row.isPresent()) {
                return row.map(it -> it.getLong("seq"));
            }
            if (newestMs(view, bucket) > message.timestampMs()) {
                break;
            }
        }
        return Optional.empty();
    }

    private long newestMs(ConversationView view, long bucket) {
        if (bucket == view.bucket()) {
            return view.lastMs();
        }
        return cassandra
                .row(
                        "SELECT last_ms FROM conversation WHERE conversation = ? AND bucket = ? LIMIT 1",
                        installation.of(view.id()),
                        bucket)
                .map(row -> row.getLong("last_ms"))
                .orElse(0L);
    }

    private static Message message(ConversationId id, Row row) {
        return new Message(
                new MessageId(Objects.requireNonNull(row.getUuid("id"))),
                id,
                row.getLong("seq"),
                new UserId(text(row, "sender")),
                new DeviceId(text(row, "device")),
                new LocalId(text(row, "local_id")),
                Message.Kind.valueOf(text(row, "content_kind")),
                text(row, "content"),
                media(row),
                row.getLong("at_ms"),
                row.getInt("message_version"),
                time(row, "edited_ms"),
                time(row, "recalled_ms"));
    }

    private static @Nullable Media media(Row row) {
        ByteBuffer bytes = row.getByteBuffer("media");
        return bytes == null ? null : Media.decode(Bytes.getArray(bytes));
    }

    private static String text(Row row, String column) {
        return Objects.requireNonNull(row.getString(column), column);
    }

    private static @Nullable Long time(Row row, String column) {
        return row.isNull(column) ? null : Long.valueOf(row.getLong(column));
    }
}
