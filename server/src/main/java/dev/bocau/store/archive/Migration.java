package dev.bocau.store.archive;

import dev.bocau.model.ConversationId;
import dev.bocau.model.UserId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Takes everything from one store into another and compares both, thing by thing. Given up at any
/// point, it goes on there when it is started again.
public final class Migration {
    private static final int AT_A_TIME = 64;
    private static final int MESSAGES_AT_A_TIME = 1_000;

    private final ArchiveSource from;
    private final ArchiveTarget to;
    private final Executor threads;
    private final Consumer<String> report;
    private final AtomicLong messages = new AtomicLong();
    private long conversations;
    private long users;

    /// @param threads that may wait
    /// @param report hears, in words for an operator, how far it is
    public Migration(
            ArchiveSource from, ArchiveTarget to, Executor threads, Consumer<String> report) {
        this.from = from;
        this.to = to;
        this.threads = threads;
        this.report = report;
    }

    /// Puts what is not there yet, and compares it.
    ///
    /// @throws IllegalStateException in words for an operator: something is not there as it was
    public void run() {
        Progress begun = to.begin();
        if (begun.finished()) {
            report.accept("everything was migrated before; comparing");
            check();
            return;
        }
        goThrough(begun, this::copy, this::copy, to::reached);
        to.finish();
        report.accept("migrated and compared: " + sum());
    }

    /// Compares everything without putting anything.
    public void check() {
        Progress start = new Progress(Optional.empty(), Optional.empty(), false);
        goThrough(start, this::compare, this::compare, progress -> {});
        report.accept("compared: " + sum());
    }

    private String sum() {
        return "%,d conversations, %,d messages, %,d users"
                .formatted(conversations, messages.get(), users);
    }

    private void goThrough(
            Progress start,
            Consumer<ConversationId> conversation,
            Consumer<UserId> user,
            Consumer<Progress> reached) {
        Optional<ConversationId> lastConversation = start.conversation();
        List<ConversationId> ids = from.conversations(lastConversation, AT_A_TIME);
        while (!ids.isEmpty()) {
            forEach(ids, conversation);
            conversations += ids.size();
            lastConversation = Optional.of(ids.getLast());
            reached.accept(new Progress(lastConversation, Optional.empty(), false));
            report.accept(sum());
            ids = from.conversations(lastConversation, AT_A_TIME);
        }
        Optional<UserId> lastUser = start.user();
        List<UserId> some = from.users(lastUser, AT_A_TIME);
        while (!some.isEmpty()) {
            forEach(some, user);
            users += some.size();
            lastUser = Optional.of(some.getLast());
            reached.accept(new Progress(lastConversation, lastUser, false));
            some = from.users(lastUser, AT_A_TIME);
        }
    }

    private <T> void forEach(List<T> things, Consumer<T> work) {
        List<CompletableFuture<Void>> under = new ArrayList<>();
        things.forEach(
                thing -> under.add(CompletableFuture.runAsync(() -> work.accept(thing), threads)));
        try {
            CompletableFuture.allOf(under.toArray(new CompletableFuture<?>[0])).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : e;
        }
    }

    private void copy(ConversationId id) {
        ArchivedConversation conversation = from.conversation(id).orElseThrow();
        for (long seq = 1; seq <= conversation.head(); seq += MESSAGES_AT_A_TIME) {
            to.put(id, from.messages(id, seq, seq + MESSAGES_AT_A_TIME - 1));
        }
        to.remember(id, from.remembered(id));
        // Last: a conversation is there once it says so.
        to.put(conversation);
        compare(id);
    }

    private void copy(UserId user) {
        to.put(from.user(user));
        compare(user);
    }

    private void compare(ConversationId id) {
        ArchivedConversation conversation = from.conversation(id).orElseThrow();
        same(id, "", Optional.of(conversation), to.conversation(id));
        for (long seq = 1; seq <= conversation.head(); seq += MESSAGES_AT_A_TIME) {
            long last = seq + MESSAGES_AT_A_TIME - 1;
            same(
                    id,
                    "messages from %,d on".formatted(seq),
                    from.messages(id, seq, last),
                    to.messages(id, seq, last));
        }
        messages.addAndGet(conversation.head());
        Set<Remembered> missing = new HashSet<>(from.remembered(id));
        missing.removeAll(to.remembered(id));
        same(id, "what was sent under which localId", Set.of(), missing);
    }

    private void compare(UserId user) {
        same(user, "", from.user(user), to.user(user));
    }

    private static void same(Object thing, String part, Object here, Object there) {
        if (!here.equals(there)) {
            throw new IllegalStateException(
                    "%s %s is not there as it was; it was %s and is %s"
                            .formatted(thing, part, here, there));
        }
    }
}
