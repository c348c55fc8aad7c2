package dev.bocau.session;

import dev.bocau.protocol.ClientFrame;

/// What a client's frame is about, for the error that refuses it; empty where it does not say.
final class About {
    private About() {}

    static String localId(ClientFrame frame) {
        return switch (frame.getBodyCase()) {
            case SEND_MESSAGE -> frame.getSendMessage().getLocalId();
            case EDIT_MESSAGE -> frame.getEditMessage().getLocalId();
            case RECALL_MESSAGE -> frame.getRecallMessage().getLocalId();
            default -> "";
        };
    }

    static String conversation(ClientFrame frame) {
        return switch (frame.getBodyCase()) {
            case SEND_MESSAGE -> frame.getSendMessage().getConversationId();
            case EDIT_MESSAGE -> frame.getEditMessage().getConversationId();
            case RECALL_MESSAGE -> frame.getRecallMessage().getConversationId();
            case MARK_DELIVERED -> frame.getMarkDelivered().getConversationId();
            case MARK_READ -> frame.getMarkRead().getConversationId();
            default -> "";
        };
    }
}
