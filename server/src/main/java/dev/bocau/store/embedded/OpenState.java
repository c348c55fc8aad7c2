package dev.bocau.store.embedded;

import dev.bocau.limits.Limits;
import dev.bocau.model.ConversationId;
import dev.bocau.model.UserId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the committer holds open in memory, loaded when first needed, the least recently used let
/// go between batches. Only the committer's thread touches it.
final class OpenState {
    private final Kv kv;
    private final Limits limits;
    private final Map<ConversationId, OpenConversation> conversations =
            new LinkedHashMap<>(16, 0.75f, true);
    private final Map<UserId, OpenLog> logs = new LinkedHashMap<>(16, 0.75f, true);
    private int members;

    OpenState(Kv kv, Limits limits) {
        this.kv = kv;
        this.limits = limits;
    }

    @Nullable OpenConversation conversation(ConversationId id) {
        OpenConversation open = conversations.get(id);
        if (open == null) {
            open = OpenConversation.load(kv, id);
            if (open != null) {
                add(open);
            }
        }
        return open;
    }

    void add(OpenConversation open) {
        conversations.put(open.id(), open);
        members += weight(open);
    }

    /// An open conversation has got so many members more, or fewer.
    void joined(int more) {
        members += more;
    }

    OpenLog log(UserId user) {
        OpenLog log = logs.get(user);
        if (log == null) {
            try (Kv.View view = kv.view()) {
                log = OpenLog.load(view, user, limits.logEntries());
            }
            logs.put(user, log);
        }
        return log;
    }

    /// Lets go of what is over the limits. Not during a batch: what it changed is nowhere else yet.
    void shrink() {
        Iterator<OpenLog> oldestLog = logs.values().iterator();
        while (logs.size() > limits.openLogs()) {
            oldestLog.next();
            oldestLog.remove();
        }
        Iterator<OpenConversation> oldest = conversations.values().iterator();
        while (members > limits.openMembers() && oldest.hasNext()) {
            members -= weight(oldest.next());
            oldest.remove();
        }
    }

    /// Forgets everything, as when a batch was given up.
    void clear() {
        conversations.clear();
        logs.clear();
        members = 0;
    }

    private static int weight(OpenConversation open) {
        return open.members.size() + 1;
    }
}
