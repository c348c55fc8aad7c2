package dev.bocau.store.embedded;

import dev.bocau.limits.Limits;
import dev.bocau.model.Appended;
import dev.bocau.model.Code;
import dev.bocau.model.Commit;
import dev.bocau.model.ConversationId;
import dev.bocau.model.Message;
import dev.bocau.model.Position.Cursor;
import dev.bocau.model.Refused;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import dev.bocau.store.embedded.Rows.EntryRow;
import dev.bocau.store.embedded.Rows.MemberRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A batch under way: the state as the steps before have left it, and what has changed. A step
/// decides first and changes then; one that changes something and refuses afterwards is a bug.
final class Tx {
    private final Kv kv;
    private final OpenState open;
    private final Limits limits;
    private final Commit commit;
    private final List<Kv.Change> changes = new ArrayList<>();
    private final Map<RowKey, Optional<byte[]>> changed = new HashMap<>();
    private final List<Outgrown> outgrown = new ArrayList<>();
    private List<Appended> appended = new ArrayList<>();

    /// A track that may hold more entries than are to be kept.
    record Outgrown(UserId user, Track track) {}

    private record RowKey(Table table, byte[] key) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof RowKey that
                    && table == that.table
                    && Arrays.equals(key, that.key);
        }

        @Override
        public int hashCode() {
            return 31 * table.ordinal() + Arrays.hashCode(key);
        }
    }

    Tx(Kv kv, OpenState open, Limits limits, Commit commit) {
        this.kv = kv;
        this.open = open;
        this.limits = limits;
        this.commit = commit;
    }

    Commit commit() {
        return commit;
    }

    byte @Nullable [] get(Table table, byte[] key) {
        Optional<byte[]> value = changed.get(new RowKey(table, key));
        return value != null ? value.orElse(null) : kv.get(table, key);
    }

    void put(Table table, byte[] key, byte[] value) {
        changes.add(new Kv.Change(table, key, value));
        changed.put(new RowKey(table, key), Optional.of(value));
    }

    void delete(Table table, byte[] key) {
        changes.add(new Kv.Change(table, key, null));
        changed.put(new RowKey(table, key), Optional.empty());
    }

    Optional<OpenConversation> conversation(ConversationId id) {
        return Optional.ofNullable(open.conversation(id));
    }

    /// The conversation, for one of its members.
    OpenConversation conversationOf(UserId member, ConversationId id) {
        OpenConversation conversation = open.conversation(id);
        if (conversation == null || !conversation.members.containsKey(member)) {
            throw new Refused(Code.NOT_A_MEMBER, "not a member of " + id);
        }
        return conversation;
    }

    void open(OpenConversation conversation) {
        open.add(conversation);
    }

    void join(OpenConversation conversation, UserId user, MemberRow member) {
        conversation.members.put(user, member);
        open.joined(1);
    }

    void leave(OpenConversation conversation, UserId user) {
        conversation.members.remove(user);
        open.joined(-1);
    }

    /// The end of a user's log.
    Cursor head(UserId user) {
        OpenLog log = open.log(user);
        return new Cursor(
                commit, log.head(Track.CHANGES), log.head(Track.DELIVERED), log.head(Track.READ));
    }

    /// Puts an entry at the end of a user's log. An earlier one of the same name no longer stands.
    void append(UserId user, EntryRow entry, @Nullable Message message) {
        Track track = LogKeys.track(entry.sort());
        OpenLog log = open.log(user);
        long before = log.head(track);
        long offset = log.advance(track);
        if (entry.sort() != EntryRow.Sort.ADDED) {
            supersede(user, track, entry, offset);
        }
        changes.add(
                new Kv.Change(
                        LogKeys.table(track), LogKeys.entry(user, track, offset), entry.row()));
        appended.add(new Appended(user, track, before, offset, message));
        if (log.outgrown(track, Math.max(1, limits.logEntries() / 10))) {
            outgrown.add(new Outgrown(user, track));
        }
    }

    private void supersede(UserId user, Track track, EntryRow entry, long offset) {
        byte[] name = LogKeys.standing(user, entry);
        byte[] earlier = get(Table.STANDING, name);
        if (earlier != null) {
            long at = Rows.numbers(earlier, 1)[0];
            changes.add(new Kv.Change(LogKeys.table(track), LogKeys.entry(user, track, at), null));
        }
        put(Table.STANDING, name, Rows.of(new long[] {offset}));
    }

    /// Entries that retention takes away: they must not be found again by what supersedes them.
    void forget(UserId user, Track track, long offset, EntryRow entry) {
        changes.add(new Kv.Change(LogKeys.table(track), LogKeys.entry(user, track, offset), null));
        if (entry.sort() != EntryRow.Sort.ADDED) {
            byte[] name = LogKeys.standing(user, entry);
            byte[] standing = get(Table.STANDING, name);
            if (standing != null && Rows.numbers(standing, 1)[0] == offset) {
                delete(Table.STANDING, name);
            }
        }
    }

    int size() {
        return changes.size();
    }

    List<Kv.Change> changes() {
        return changes;
    }

    List<Outgrown> outgrown() {
        return outgrown;
    }

    /// What was appended since this was last asked.
    List<Appended> takeAppended() {
        List<Appended> taken = appended;
        appended = new ArrayList<>();
        return taken;
    }
}
