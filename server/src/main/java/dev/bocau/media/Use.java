package dev.bocau.media;

import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.UserId;
import dev.bocau.store.Draft;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/// A message that is to carry something that was uploaded.
///
/// @param atMs when that was asked for
/// @param message empty: nobody has looked yet whether it was sent
record Use(
        ConversationId conversation,
        UserId sender,
        DeviceId device,
        LocalId localId,
        long atMs,
        Optional<MessageId> message) {
    private static final int FORM = 1;

    static Use of(Draft draft, long atMs) {
        return new Use(
                draft.conversation(),
                draft.sender(),
                draft.device(),
                draft.localId(),
                atMs,
                Optional.empty());
    }

    Use by(Message sent) {
        return new Use(conversation, sender, device, localId, atMs, Optional.of(sent.id()));
    }

    /// The same for the same message, sent again or not.
    String name() {
        return Names.hash(
                String.join(
                        "/",
                        conversation.value(),
                        sender.value(),
                        device.value(),
                        localId.value()));
    }

    byte[] encode() {
        ByteArrayOutputStream encoded = new ByteArrayOutputStream(256);
        DataOutputStream out = new DataOutputStream(encoded);
        try {
            out.writeByte(FORM);
            out.writeUTF(conversation.value());
            out.writeUTF(sender.value());
            out.writeUTF(device.value());
            out.writeUTF(localId.value());
            out.writeLong(atMs);
            out.writeUTF(message.map(MessageId::toString).orElse(""));
        } catch (IOException e) {
            throw new UncheckedIOException("in memory", e);
        }
        return encoded.toByteArray();
    }

    static Use decode(byte[] encoded) {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(encoded));
        try {
            int form = in.readByte();
            if (form != FORM) {
                throw new IllegalArgumentException("a use in the form " + form);
            }
            return new Use(
                    new ConversationId(in.readUTF()),
                    new UserId(in.readUTF()),
                    new DeviceId(in.readUTF()),
                    new LocalId(in.readUTF()),
                    in.readLong(),
                    MessageId.parse(in.readUTF()));
        } catch (IOException e) {
            throw new IllegalArgumentException("a use that ends too soon", e);
        }
    }
}
