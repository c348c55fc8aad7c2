package dev.bocau.model;

import org.jspecify.annotations.Nullable;

/// A message in its latest state. It never changes its place: `seq` counts 1, 2, 3… within its
/// conversation, and `timestampMs` never decreases along it.
///
/// @param version how often it was edited or recalled
/// @param media what it carries; null: nothing, or it was recalled
/// @param recalledAtMs null: not recalled; otherwise the content is empty
public record Message(
        MessageId id,
        ConversationId conversation,
        long seq,
        UserId sender,
        DeviceId senderDevice,
        LocalId localId,
        Kind kind,
        String content,
        @Nullable Media media,
        long timestampMs,
        int version,
        @Nullable Long editedAtMs,
        @Nullable Long recalledAtMs) {

    /// What a content is.
    public enum Kind {
        TEXT,
        IMAGE,
        FILE
    }

    public boolean recalled() {
        return recalledAtMs != null;
    }

    public Message edited(String newContent, long atMs) {
        return changed(newContent, media, atMs, null);
    }

    public Message recalled(long atMs) {
        return changed("", null, editedAtMs, atMs);
    }

    private Message changed(
            String newContent,
            @Nullable Media newMedia,
            @Nullable Long newEditedAtMs,
            @Nullable Long newRecalledAtMs) {
        return new Message(
                id,
                conversation,
                seq,
                sender,
                senderDevice,
                localId,
                kind,
                newContent,
                newMedia,
                timestampMs,
                version + 1,
                newEditedAtMs,
                newRecalledAtMs);
    }

    /// How many bytes this takes on the wire at the most, in any encoding.
    public int wireBytes() {
        int ids =
                conversation.value().length()
                        + sender.value().length()
                        + senderDevice.value().length()
                        + localId.value().length();
        int carried = media == null ? 0 : media.wireBytes();
        return 300 + ids + WireBytes.of(content) + carried;
    }
}
