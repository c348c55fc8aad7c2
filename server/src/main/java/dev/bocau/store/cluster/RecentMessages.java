package dev.bocau.store.cluster;

import dev.bocau.model.ConversationId;
import dev.bocau.model.Message;
import dev.bocau.model.MessageBytes;
import dev.bocau.model.Refused;
import dev.bocau.redis.Library;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// The newest messages of each conversation, in Redis: most of what is read is there, and it is
/// missed when it is not.
///
/// **What is here is the latest state.** A change is told here before anybody learns of it. Adding
/// may be late: what was changed meanwhile is not taken back by it. After a failover nothing that
/// was here before counts: an addition that was on its way to the node that died is given up by the
/// driver sooner than another one takes its place.
final class RecentMessages {
    /// Of each conversation.
    static final int KEPT = 50;

    private final Functions functions;
    private final Installation installation;
    private final Executor threads;

    RecentMessages(Functions functions, Installation installation, Executor threads) {
        this.functions = functions;
        this.installation = installation;
        this.threads = threads;
    }

    /// Adds messages that were decided just now. Does not wait, and does not matter much.
    void add(List<Message> messages) {
        if (!messages.isEmpty()) {
            threads.execute(() -> {
                try {
                    tryToAdd(messages);
                } catch (Refused away) {
                    // They are read from Cassandra.
                }
            });
        }
    }

    private void tryToAdd(List<Message> messages) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(KEPT);
        arguments.add(messages.getFirst().seq());
        messages.forEach(message -> arguments.add(withVersion(message)));
        var _ =
                functions.call(
                        "recent_add",
                        keys(messages.getFirst().conversation()),
                        arguments.toArray());
    }

    /// A message is in a new state, of which nobody has learned yet.
    ///
    /// @throws Refused if that could not be told: nobody may learn of it before it is
    void change(Message message) {
        var _ =
                functions.call(
                        "recent_change",
                        keys(message.conversation()),
                        message.seq(),
                        message.version(),
                        withVersion(message));
    }

    /// Something may have been changed.
    ///
    /// @throws Refused if that could not be told
    void forget(ConversationId id) {
        var _ = functions.call("recent_forget", keys(id));
    }

    /// The messages of these seqs, as far as they are here: without a gap, oldest first.
    List<Message> between(ConversationId id, long from, long to) {
        List<Message> messages = new ArrayList<>();
        try {
            List<Object> answer = functions.call("recent_read", keys(id), from, to);
            for (Object each : answer.size() < 3 ? List.of() : Library.list(answer.get(2))) {
                Message message = withoutVersion((byte[]) each);
                if (message == null) {
                    return List.of();
                }
                messages.add(message);
            }
        } catch (Refused away) {
            return List.of();
        }
        return messages;
    }

    private static byte[] withVersion(Message message) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes((message.version() + ":").getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(MessageBytes.of(message));
        return bytes.toByteArray();
    }

    private static @Nullable Message withoutVersion(byte[] bytes) {
        int start = 0;
        while (bytes[start] != ':') {
            start++;
        }
        return MessageBytes.message(Arrays.copyOfRange(bytes, start + 1, bytes.length));
    }

    private List<String> keys(ConversationId id) {
        return List.of("recent_msgs:{" + installation.of(id) + "}");
    }
}
