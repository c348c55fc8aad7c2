package dev.bocau.session;

import dev.bocau.model.ConversationId;
import dev.bocau.model.LocalId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Conversations in which a message of this session was refused with a reason that passes. Those
/// behind it are refused too until it is sent again, or until the client has had time to know and
/// has gone on without it: so they cannot overtake it.
final class Held {
    private static final int CONVERSATIONS = 256;

    private record Hold(LocalId localId, long untilMs) {}

    private @Nullable Map<ConversationId, Hold> holds;

    synchronized void hold(ConversationId conversation, LocalId localId, long untilMs) {
        if (holds == null) {
            holds = new LinkedHashMap<>();
        }
        Hold earlier = holds.get(conversation);
        LocalId first = earlier == null ? localId : earlier.localId;
        holds.put(conversation, new Hold(first, untilMs));
        if (holds.size() > CONVERSATIONS) {
            holds.remove(holds.keySet().iterator().next());
        }
    }

    /// How long a message has to wait; 0 if it may pass, which it does by being the one that was
    /// refused first.
    synchronized long waitMs(ConversationId conversation, LocalId localId, long nowMs) {
        Hold hold = holds == null ? null : holds.get(conversation);
        if (hold == null) {
            return 0;
        }
        if (hold.localId.equals(localId) || nowMs >= hold.untilMs) {
            release(conversation);
            return 0;
        }
        return hold.untilMs - nowMs;
    }

    private void release(ConversationId conversation) {
        if (holds != null) {
            holds.remove(conversation);
            if (holds.isEmpty()) {
                holds = null;
            }
        }
    }
}
