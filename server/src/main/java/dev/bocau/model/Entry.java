package dev.bocau.model;

import java.util.Optional;

/// One thing that changed for a user, in its latest state. What supersedes what is the log's
/// affair: a later entry about the same thing replaces the earlier one, except {@link Added}, which
/// never moves.
public sealed interface Entry {
    ConversationId conversation();

    /// A message was sent.
    record Added(Message message) implements Entry {
        @Override
        public ConversationId conversation() {
            return message.conversation();
        }
    }

    /// A message was edited or recalled.
    record Changed(Message message) implements Entry {
        @Override
        public ConversationId conversation() {
            return message.conversation();
        }
    }

    /// The user has joined a conversation; the state has its recent messages.
    record Joined(ConversationState state) implements Entry {
        @Override
        public ConversationId conversation() {
            return state.conversation().id();
        }
    }

    /// The title or the members of a conversation changed.
    record Restated(ConversationState state) implements Entry {
        @Override
        public ConversationId conversation() {
            return state.conversation().id();
        }
    }

    /// The user has left a conversation.
    record Left(ConversationId conversation) implements Entry {}

    /// One of the user's own devices has read up to `seq`.
    ///
    /// @param unread of the user, past its mark `readSeq` and counted up to `headSeq`
    /// @param device what is still known of it
    record ReadHere(
            ConversationId conversation,
            MessageId message,
            long seq,
            long atMs,
            long readSeq,
            int unread,
            long headSeq,
            DeviceId deviceId,
            Optional<Device> device)
            implements Entry {}

    /// Somebody else got or read something that this user has sent.
    record Received(Receipt receipt) implements Entry {
        @Override
        public ConversationId conversation() {
            return receipt.conversation();
        }
    }

    /// How many bytes this takes on the wire at the most, in any encoding.
    default int wireBytes() {
        return switch (this) {
            case Added(Message message) -> message.wireBytes();
            case Changed(Message message) -> message.wireBytes();
            case Joined(ConversationState state) -> state.wireBytes();
            case Restated(ConversationState state) -> state.wireBytes();
            case Left(ConversationId conversation) -> 10 + conversation.value().length();
            case ReadHere read ->
                    350 + read.conversation.value().length() + read.deviceId.value().length();
            case Received(Receipt receipt) ->
                    300
                            + receipt.conversation().value().length()
                            + receipt.user().value().length()
                            + receipt.device().value().length();
        };
    }
}
