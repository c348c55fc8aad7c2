package dev.bocau.session;

import dev.bocau.model.ConversationId;
import dev.bocau.model.LocalId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Conversations in which a message, an edit or a recall of this session was refused with a reason
/// that passes. Those behind it are refused too until it is sent again, or until the client has had
/// time to know and has gone on without it: so they cannot overtake it.
final class Held {
    private static final int CONVERSATIONS = 256;

    /// @param number of the request that was refused, in the order in which they came
    private record Hold(long number, LocalId localId, long untilMs) {}

    private @Nullable Map<ConversationId, Hold> holds;

    synchronized void hold(
            ConversationId conversation, long number, LocalId localId, long untilMs) {
        if (holds == null) {
            holds = new LinkedHashMap<>();
        }
        holds.merge(conversation, new Hold(number, localId, untilMs), Held::foremost);
        if (holds.size() > CONVERSATIONS) {
            holds.remove(holds.keySet().iterator().next());
        }
    }

    private static Hold foremost(Hold one, Hold other) {
        Hold first = one.number <= other.number ? one : other;
        return new Hold(first.number, first.localId, Math.max(one.untilMs, other.untilMs));
    }

    /// How long a request has to wait; 0 if it may pass, which it does by being the one that came
    /// first of those that were refused.
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
