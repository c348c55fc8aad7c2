package dev.bocau.client;

import dev.bocau.protocol.ClientFrame;
import org.jspecify.annotations.Nullable;

/// Something that the user wants and the server has not confirmed.
///
/// @param order items are sent in this order, which outlives the process
/// @param frame a send_message, edit_message or recall_message
/// @param failure not null: refused for good; waits for the user to retry or discard it
public record OutboxItem(
        String localId,
        String conversationId,
        long order,
        ClientFrame frame,
        @Nullable Failure failure) {

    /// Why the server will not take something, ever.
    public record Failure(int code, String reason) {}

    boolean failedWith(int code) {
        return failure != null && failure.code() == code;
    }

    OutboxItem failed(Failure why) {
        return new OutboxItem(localId, conversationId, order, frame, why);
    }
}
