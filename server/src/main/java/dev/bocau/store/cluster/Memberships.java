package dev.bocau.store.cluster;

import com.datastax.oss.driver.api.core.cql.Row;
import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.Conversation;
import dev.bocau.model.Conversation.History;
import dev.bocau.model.Conversation.Kind;
import dev.bocau.model.ConversationId;
import dev.bocau.model.Member;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.store.Outcome;
import dev.bocau.store.cluster.Cassandra.Decision;
import dev.bocau.store.cluster.Name.Sort;
import dev.bocau.store.cluster.Roster.Membership;
import dev.bocau.store.cluster.Steps.Decided;
import dev.bocau.time.Timer;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/// The steps that make conversations and say who is in them.
final class Memberships {
    private final Cassandra cassandra;
    private final Installation installation;
    private final ConversationTable conversations;
    private final Rosters rosters;
    private final MembershipTable table;
    private final Steps steps;
    private final Limits limits;
    private final InstantSource clock;
    private final Timer timer;

    Memberships(
            Cassandra cassandra,
            Installation installation,
            Tables tables,
            Steps steps,
            ClusterContext context) {
        this.cassandra = cassandra;
        this.installation = installation;
        this.conversations = tables.conversations();
        this.rosters = tables.rosters();
        this.table = tables.memberships();
        this.steps = steps;
        this.limits = context.limits();
        this.clock = context.clock();
        this.timer = context.timer();
    }

    // ------------------------------------------------------------------------------------------------------------- steps

    Outcome<Conversation> put(Conversation wanted, Set<UserId> members) {
        try {
            if (members.size() > limits.members()) {
                throw tooMany();
            }
            if (wanted.kind() == Kind.DIRECT) {
                claim(wanted, members);
            }
            return step(
                    wanted.id(),
                    seen -> {
                        if (seen.isPresent() && kind(seen.get()) != wanted.kind()) {
                            throw new Refused(
                                    Code.CONFLICT,
                                    "%s exists and is %s".formatted(wanted.id(), kind(seen.get())));
                        }
                        return new Wish<>(wanted, wanted, members);
                    });
        } catch (Refused refused) {
            return new Outcome.Denied<>(refused.refusal());
        }
    }

    Outcome<Member> add(ConversationId id, UserId user) {
        Outcome<UserId> outcome =
                step(
                        id,
                        seen -> {
                            Roster roster = group(id, seen).roster();
                            Set<UserId> members = new LinkedHashSet<>(roster.members().keySet());
                            if (members.add(user) && members.size() > limits.members()) {
                                throw tooMany();
                            }
                            return new Wish<>(user, roster.conversation(), members);
                        });
        return switch (outcome) {
            case Outcome.Denied<UserId>(var refusal) -> new Outcome.Denied<>(refusal);
            case Outcome.Kept<UserId> kept -> {
                Member member =
                        conversations
                                .view(id)
                                .map(view -> view.roster().members().get(user))
                                .map(membership -> new Member(user, membership.sinceSeq()))
                                .orElseThrow(Steps::busy);
                yield steps.kept(member, kept.appended());
            }
        };
    }

    Outcome<Boolean> remove(ConversationId id, UserId user) {
        return step(
                id,
                seen -> {
                    Roster roster = group(id, seen).roster();
                    Set<UserId> members = new LinkedHashSet<>(roster.members().keySet());
                    return new Wish<>(members.remove(user), roster.conversation(), members);
                });
    }

    Outcome<Long> mute(UserId user, ConversationId id, long untilMs) {
        return steps.take(
                Touched.of(id),
                () -> {
                    boolean member =
                            conversations
                                    .view(id)
                                    .filter(view -> view.roster().members().containsKey(user))
                                    .isPresent();
                    if (!member) {
                        throw new Refused(Code.NOT_A_MEMBER, "not a member of " + id);
                    }
                    if (table.mutedUntilMs(user, id) == untilMs) {
                        return Decided.already(untilMs);
                    }
                    table.mute(user, id, untilMs);
                    Append restated = new Append.Changed(new Name(Sort.RESTATED, id, ""));
                    return new Decided<>(untilMs, Map.of(user, restated));
                });
    }

    private static ConversationView group(ConversationId id, Optional<ConversationView> seen) {
        ConversationView view =
                seen.orElseThrow(
                        () -> new Refused(Code.NO_SUCH_CONVERSATION, "no conversation " + id));
        if (kind(view) == Kind.DIRECT) {
            throw new Refused(Code.CONFLICT, "the members of a direct conversation do not change");
        }
        return view;
    }

    private static Kind kind(ConversationView view) {
        return view.roster().conversation().kind();
    }

    private Refused tooMany() {
        return new Refused(
                Code.CONFLICT,
                "a conversation has at most %,d members".formatted(limits.members()));
    }

    // ----------------------------------------------------------------------------------------------- one step for all of them

    /// What a conversation is to be, and the answer when it is.
    private record Wish<T>(T value, Conversation conversation, Set<UserId> members) {}

    private interface Wishing<T> {
        Wish<T> wish(Optional<ConversationView> seen);
    }

    /// Makes a conversation what is wished in view of how it stands.
    private <T> Outcome<T> step(ConversationId id, Wishing<T> wishing) {
        try {
            Optional<ConversationView> seen = conversations.view(id);
            Wish<T> wish = wishing.wish(seen);
            if (seen.isPresent() && is(seen.get().roster(), wish)) {
                return steps.kept(wish.value, List.of());
            }
            Set<UserId> leaving = new HashSet<>();
            seen.ifPresent(view -> leaving.addAll(view.roster().members().keySet()));
            leaving.removeAll(wish.members);
            return steps.take(Touched.leaving(id, leaving), () -> decide(id, leaving, wishing));
        } catch (Refused refused) {
            return new Outcome.Denied<>(refused.refusal());
        }
    }

    private static boolean is(Roster roster, Wish<?> wish) {
        return roster.conversation().equals(wish.conversation)
                && roster.members().keySet().equals(wish.members);
    }

    private <T> Decided<T> decide(ConversationId id, Set<UserId> leaving, Wishing<T> wishing) {
        Attempts attempts = new Attempts(timer);
        while (attempts.another()) {
            Optional<ConversationView> seen = conversations.view(id);
            Wish<T> wish = wishing.wish(seen);
            if (seen.isPresent() && is(seen.get().roster(), wish)) {
                return Decided.already(wish.value);
            }
            if (seen.isPresent() && seen.get().head() == seen.get().full()) {
                conversations.turn(seen.get());
                continue;
            }
            Roster next = roster(seen, wish);
            if (seen.isPresent()
                    && !seen.get().roster().members().keySet().stream()
                            .allMatch(user ->
                                    wish.members.contains(user) || leaving.contains(user))) {
                // Somebody has joined meanwhile and would leave without having been written down.
                throw Steps.busy();
            }
            rosters.put(next);
            Decision decision =
                    seen.isPresent()
                            ? conversations.change(seen.get(), next)
                            : conversations.create(id, next);
            switch (decision) {
                case APPLIED -> {
                    seen.ifPresent(view -> rosters.leave(view.roster()));
                    return decided(seen, next, wish.value);
                }
                case REJECTED -> {}
                case UNKNOWN -> throw Steps.unknown();
            }
        }
        throw Steps.busy();
    }

    private Roster roster(Optional<ConversationView> seen, Wish<?> wish) {
        long head = seen.map(ConversationView::head).orElse(0L);
        long since = wish.conversation.history() == History.ALL ? 1 : head + 1;
        Map<UserId, Membership> before = seen.map(it -> it.roster().members()).orElse(Map.of());
        Map<UserId, Membership> members = new LinkedHashMap<>();
        for (UserId user : wish.members) {
            members.put(
                    user, before.getOrDefault(user, new Membership(since, head, clock.millis())));
        }
        long createdAtMs = seen.map(it -> it.roster().createdAtMs()).orElseGet(clock::millis);
        return new Roster(UUID.randomUUID(), wish.conversation, createdAtMs, members);
    }

    private <T> Decided<T> decided(Optional<ConversationView> seen, Roster next, T value) {
        ConversationId id = next.conversation().id();
        long head = seen.map(ConversationView::head).orElse(0L);
        long version = seen.map(ConversationView::version).orElse(0L) + 1;
        Set<UserId> before = seen.map(it -> it.roster().members().keySet()).orElse(Set.of());
        ConversationView now = new ConversationView(id, 0, head, 0, version, next);
        Set<UserId> left = new LinkedHashSet<>(before);
        left.removeAll(next.members().keySet());
        table.write(now, next.members().keySet(), left);

        Map<UserId, Append> appends = new LinkedHashMap<>();
        next.members()
                .forEach((user, membership) ->
                        appends.put(
                                user,
                                before.contains(user)
                                        ? new Append.Changed(new Name(Sort.RESTATED, id, ""))
                                        : new Append.Joined(id, membership.joinedSeq(), head)));
        left.forEach(user -> appends.put(user, new Append.Left(id)));
        return new Decided<>(value, appends);
    }

    // ------------------------------------------------------------------------------------------------------------- pairs

    /// Makes this the direct conversation of two users, or completes the one that is.
    private void claim(Conversation wanted, Set<UserId> members) {
        if (members.size() != 2) {
            throw new Refused(Code.INVALID_FIELD, "a direct conversation has two members");
        }
        List<String> pair =
                List.copyOf(new TreeSet<>(members.stream().map(UserId::value).toList()));
        Optional<Conversation> first = pair(pair);
        if (first.isEmpty()) {
            if (conversations.view(wanted.id()).isPresent()) {
                throw new Refused(
                        Code.CONFLICT, "%s exists with other members".formatted(wanted.id()));
            }
            if (cassandra.decide(
                            "INSERT INTO pair (one, other, conversation, history, title) VALUES (?, ?, ?, ?, ?) IF NOT EXISTS",
                            installation.of(new UserId(pair.get(0))),
                            pair.get(1),
                            wanted.id().value(),
                            wanted.history().name(),
                            wanted.title())
                    == Decision.APPLIED) {
                return;
            }
            first = pair(pair);
        }
        Conversation direct = first.orElseThrow(Steps::unknown);
        if (!direct.id().equals(wanted.id())) {
            if (conversations.view(direct.id()).isEmpty()) {
                // Whoever has claimed the pair has not come to make the conversation.
                step(direct.id(), seen -> new Wish<>(direct, direct, members)).orRefuse();
            }
            throw new Refused(
                    Code.CONFLICT, "the direct conversation of these two is " + direct.id());
        }
    }

    private Optional<Conversation> pair(List<String> pair) {
        return cassandra
                .decided(
                        "SELECT conversation, history, title FROM pair WHERE one = ? AND other = ?",
                        installation.of(new UserId(pair.get(0))),
                        pair.get(1))
                .map(Memberships::direct);
    }

    private static Conversation direct(Row row) {
        return new Conversation(
                new ConversationId(Objects.requireNonNull(row.getString("conversation"))),
                Kind.DIRECT,
                Objects.requireNonNull(row.getString("title")),
                History.valueOf(Objects.requireNonNull(row.getString("history"))));
    }
}
