package dev.bocau.frame;

import dev.bocau.model.Id;
import dev.bocau.protocol.ClientFrame;
import java.util.Locale;

/// What a client's frame is about, for the error that refuses it; empty where it does not say, or
/// says something that is no id.
///
/// @param frame its type, as in JSON
public record About(String frame, String localId, String conversation) {
    /// No frame at all, or one that could not be read.
    public static final About NOTHING = new About("", "", "");

    /// What this frame says of itself.
    public static About of(ClientFrame frame) {
        return switch (frame.getBodyCase()) {
            case SEND_MESSAGE ->
                    of(
                            frame,
                            frame.getSendMessage().getLocalId(),
                            frame.getSendMessage().getConversationId());
            case EDIT_MESSAGE ->
                    of(
                            frame,
                            frame.getEditMessage().getLocalId(),
                            frame.getEditMessage().getConversationId());
            case RECALL_MESSAGE ->
                    of(
                            frame,
                            frame.getRecallMessage().getLocalId(),
                            frame.getRecallMessage().getConversationId());
            case MARK_DELIVERED -> of(frame, "", frame.getMarkDelivered().getConversationId());
            case MARK_READ -> of(frame, "", frame.getMarkRead().getConversationId());
            case MUTE_CONVERSATION ->
                    of(frame, "", frame.getMuteConversation().getConversationId());
            case BODY_NOT_SET -> NOTHING;
            case DEVICE_CONNECT, ACK, DEVICE_STATE, TOKEN, PING -> of(frame, "", "");
        };
    }

    private static About of(ClientFrame frame, String localId, String conversation) {
        return of(frame.getBodyCase().name().toLowerCase(Locale.ROOT), localId, conversation);
    }

    static About of(String frame, String localId, String conversation) {
        return new About(frame, id(localId), id(conversation));
    }

    private static String id(String text) {
        return Id.wellFormed(text) ? text : "";
    }
}
