package dev.bocau.store.cluster;

import dev.bocau.model.ConversationId;
import dev.bocau.model.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads messages to be shown: the newest ones of a conversation from Redis, as far as they are
/// there, all others from Cassandra. Both have them in their latest state. What many want at the
/// same time, as in a large group, is read once.
final class Messages {
    private final RecentMessages recent;
    private final MessageReader kept;
    private final Shared<Range, List<Message>> readings = new Shared<>();

    private record Range(ConversationId id, long from, long to) {}

    Messages(RecentMessages recent, MessageReader kept) {
        this.recent = recent;
        this.kept = kept;
    }

    /// The messages of these seqs, as far as there are any, oldest first.
    List<Message> between(ConversationView view, long from, long to) {
        return readings.ask(new Range(view.id(), from, to), () -> read(view, from, to));
    }

    private List<Message> read(ConversationView view, long from, long to) {
        List<Message> here =
                to > view.head() - RecentMessages.KEPT
                        ? recent.between(view.id(), from, to)
                        : List.of();
        if (here.isEmpty()) {
            return List.copyOf(kept.between(view.id(), from, to));
        }
        List<Message> messages = new ArrayList<>();
        long first = here.getFirst().seq();
        if (from < first) {
            messages.addAll(kept.between(view.id(), from, first - 1));
        }
        messages.addAll(here);
        long last = here.getLast().seq();
        if (last < to) {
            messages.addAll(kept.between(view.id(), last + 1, to));
        }
        return List.copyOf(messages);
    }

    Optional<Message> at(ConversationView view, long seq) {
        return between(view, seq, seq).stream().findFirst();
    }

    /// The newest messages from one seq on up to another, oldest first, so many at the most.
    List<Message> newest(ConversationView view, long from, long to, int limit) {
        long upTo = Math.min(to, view.head());
        return between(view, Math.max(Math.max(1, from), upTo - limit + 1), upTo);
    }
}
