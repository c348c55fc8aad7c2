package dev.bocau.store.cluster;

import com.datastax.oss.driver.api.core.cql.Row;
import dev.bocau.model.DeviceId;
import dev.bocau.model.UserId;
import dev.bocau.store.cluster.Roster.Membership;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Marks of one conversation as they were read, of its members since they joined.
final class ConversationMarks {
    static final int USER = 0;
    static final int DEVICE = 1;

    private final Map<UserId, Membership> members;
    private final Map<UserId, Marks> users = new HashMap<>();
    private final Map<UserId, Map<DeviceId, Marks>> devices = new HashMap<>();

    /// Of a user or a device. Read implies delivered only for a user: a device may have read what
    /// it was never sent as a message.
    record Marks(Watermark delivered, Watermark read) {}

    ConversationMarks(Map<UserId, Membership> members, List<Row> rows) {
        this.members = members;
        for (Row row : rows) {
            UserId user = new UserId(Objects.requireNonNull(row.getString("user")));
            Membership membership = members.get(user);
            if (membership != null && membership.joinedSeq() == row.getLong("joined_seq")) {
                put(row, user, membership);
            }
        }
    }

    private void put(Row row, UserId user, Membership membership) {
        Marks marks =
                new Marks(
                        watermark(row.getString("delivered"), membership),
                        watermark(row.getString("read"), membership));
        if (row.getByte("kind") == USER) {
            users.put(user, marks);
        } else {
            devices.computeIfAbsent(
                            user, it -> new TreeMap<>(Comparator.comparing(DeviceId::value)))
                    .put(new DeviceId(Objects.requireNonNull(row.getString("device"))), marks);
        }
    }

    private static Watermark watermark(@Nullable String cell, Membership membership) {
        return cell == null ? Watermark.joined(membership) : Watermark.of(cell);
    }

    Marks of(UserId user) {
        Marks marks = users.get(user);
        return marks == null ? joined(user) : marks;
    }

    Marks of(UserId user, DeviceId device) {
        Marks marks = devices(user).get(device);
        return marks == null ? joined(user) : marks;
    }

    /// The devices that have got or read something.
    Map<DeviceId, Marks> devices(UserId user) {
        return devices.getOrDefault(user, Map.of());
    }

    private Marks joined(UserId user) {
        Watermark mark = Watermark.joined(Objects.requireNonNull(members.get(user)));
        return new Marks(mark, mark);
    }
}
