package dev.bocau.store.embedded;

import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.Conversation;
import dev.bocau.model.Conversation.History;
import dev.bocau.model.Conversation.Kind;
import dev.bocau.model.ConversationId;
import dev.bocau.model.Member;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.store.embedded.Rows.ConversationRow;
import dev.bocau.store.embedded.Rows.EntryRow;
import dev.bocau.store.embedded.Rows.EntryRow.Sort;
import dev.bocau.store.embedded.Rows.MemberRow;
import dev.bocau.store.embedded.Rows.UserMarks;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The steps that make conversations and say who is in them.
final class Memberships {
    private final Limits limits;
    private final InstantSource clock;

    Memberships(Limits limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
    }

    Conversation put(Tx tx, Conversation wanted, Set<UserId> members) {
        if (members.size() > limits.members()) {
            throw tooMany();
        }
        OpenConversation open = tx.conversation(wanted.id()).orElse(null);
        if (wanted.kind() == Kind.DIRECT) {
            checkPair(tx, wanted, open, members);
        }
        if (open == null) {
            return create(tx, wanted, members);
        }
        if (open.conversation.kind() != wanted.kind()) {
            throw new Refused(
                    Code.CONFLICT,
                    "%s exists and is %s".formatted(wanted.id(), open.conversation.kind()));
        }
        change(tx, open, wanted, members);
        return wanted;
    }

    private static void checkPair(
            Tx tx, Conversation wanted, @Nullable OpenConversation open, Set<UserId> members) {
        if (members.size() != 2) {
            throw new Refused(Code.INVALID_FIELD, "a direct conversation has two members");
        }
        byte[] row = tx.get(Table.PAIRS, pairKey(members));
        String first = row == null ? "" : new String(row, StandardCharsets.US_ASCII);
        if (!first.isEmpty() && !first.equals(wanted.id().value())) {
            throw new Refused(Code.CONFLICT, "the direct conversation of these two is " + first);
        }
        if (open != null && first.isEmpty()) {
            throw new Refused(Code.CONFLICT, "%s exists with other members".formatted(wanted.id()));
        }
    }

    private Conversation create(Tx tx, Conversation wanted, Set<UserId> members) {
        OpenConversation open = new OpenConversation(wanted, clock.millis());
        tx.open(open);
        keep(tx, open);
        if (wanted.kind() == Kind.DIRECT) {
            byte[] id = wanted.id().value().getBytes(StandardCharsets.US_ASCII);
            tx.put(Table.PAIRS, pairKey(members), id);
        }
        members.forEach(user -> join(tx, open, user));
        return wanted;
    }

    private void change(Tx tx, OpenConversation open, Conversation wanted, Set<UserId> members) {
        Set<UserId> staying = new LinkedHashSet<>(open.members.keySet());
        staying.retainAll(members);
        Set<UserId> leaving = new LinkedHashSet<>(open.members.keySet());
        leaving.removeAll(members);
        Set<UserId> joining = new LinkedHashSet<>(members);
        joining.removeAll(staying);

        boolean renamed = !open.conversation.title().equals(wanted.title());
        if (!open.conversation.equals(wanted)) {
            open.conversation = wanted;
            keep(tx, open);
        }
        leaving.forEach(user -> leave(tx, open, user));
        joining.forEach(user -> join(tx, open, user));
        if (renamed || !leaving.isEmpty() || !joining.isEmpty()) {
            restate(tx, open, staying);
        }
    }

    private static void keep(Tx tx, OpenConversation open) {
        ConversationRow row = new ConversationRow(open.conversation, open.createdAtMs);
        tx.put(Table.CONVERSATIONS, Keys.of(open.id().value()), row.row());
    }

    Member add(Tx tx, ConversationId id, UserId user) {
        OpenConversation open = group(tx, id);
        MemberRow member = open.members.get(user);
        if (member == null) {
            if (open.members.size() >= limits.members()) {
                throw tooMany();
            }
            Set<UserId> others = new LinkedHashSet<>(open.members.keySet());
            member = join(tx, open, user);
            restate(tx, open, others);
        }
        return new Member(user, member.sinceSeq());
    }

    boolean remove(Tx tx, ConversationId id, UserId user) {
        OpenConversation open = group(tx, id);
        if (!open.members.containsKey(user)) {
            return false;
        }
        leave(tx, open, user);
        restate(tx, open, open.members.keySet());
        return true;
    }

    long mute(Tx tx, UserId user, ConversationId id, long untilMs) {
        tx.conversationOf(user, id);
        byte[] key = mutedKey(user, id);
        if (Rows.numbers(tx.get(Table.MUTED, key), 1)[0] != untilMs) {
            tx.put(Table.MUTED, key, Rows.of(new long[] {untilMs}));
            tx.append(user, entry(Sort.RESTATED, id), null);
        }
        return untilMs;
    }

    static byte[] mutedKey(UserId user, ConversationId conversation) {
        return Keys.of(user.value(), conversation.value());
    }

    private static OpenConversation group(Tx tx, ConversationId id) {
        OpenConversation open =
                tx.conversation(id)
                        .orElseThrow(() ->
                                new Refused(Code.NO_SUCH_CONVERSATION, "no conversation " + id));
        if (open.conversation.kind() == Kind.DIRECT) {
            throw new Refused(Code.CONFLICT, "the members of a direct conversation do not change");
        }
        return open;
    }

    private MemberRow join(Tx tx, OpenConversation open, UserId user) {
        String conversation = open.id().value();
        long since = open.conversation.history() == History.ALL ? 1 : open.headSeq + 1;
        MemberRow member = new MemberRow(since, open.headSeq);
        tx.join(open, user, member);
        tx.put(Table.MEMBERS, Keys.of(conversation, user.value()), member.row());
        tx.put(Table.MEMBERSHIPS, Keys.of(user.value(), conversation), member.row());
        tx.put(
                Table.MARKS,
                Marks.userKey(open.id(), user),
                UserMarks.joined(open.headSeq, clock.millis()).row());
        tx.append(user, entry(Sort.MEMBERSHIP, open.id()), null);
        return member;
    }

    private void leave(Tx tx, OpenConversation open, UserId user) {
        String conversation = open.id().value();
        tx.leave(open, user);
        tx.delete(Table.MEMBERS, Keys.of(conversation, user.value()));
        tx.delete(Table.MEMBERSHIPS, Keys.of(user.value(), conversation));
        tx.delete(Table.MARKS, Marks.userKey(open.id(), user));
        tx.append(user, entry(Sort.MEMBERSHIP, open.id()), null);
    }

    private void restate(Tx tx, OpenConversation open, Set<UserId> members) {
        members.forEach(user -> tx.append(user, entry(Sort.RESTATED, open.id()), null));
    }

    private EntryRow entry(Sort sort, ConversationId conversation) {
        return new EntryRow(sort, clock.millis(), conversation, 0, "");
    }

    private Refused tooMany() {
        return new Refused(
                Code.CONFLICT,
                "a conversation has at most %,d members".formatted(limits.members()));
    }

    private static byte[] pairKey(Set<UserId> members) {
        List<String> names =
                List.copyOf(new TreeSet<>(members.stream().map(UserId::value).toList()));
        return Keys.of(names.get(0), names.get(1));
    }
}
