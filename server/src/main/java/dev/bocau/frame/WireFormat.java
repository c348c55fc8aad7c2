package dev.bocau.frame;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.bocau.model.Code;
import dev.bocau.model.Refused;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.SendMessage;
import dev.bocau.protocol.ServerFrame;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Supplier;

/// An encoding of frames. A server frame is an envelope, which holds the position, followed by a
/// body, which is the same for all who receive it.
public enum WireFormat {
    JSON("bocau.v1.json") {
        private static final byte[] OPEN = {'{'};

        @Override
        ClientFrame parse(byte[] bytes) {
            return JsonReader.clientFrame(bytes);
        }

        @Override
        About about(byte[] bytes) {
            return JsonReader.about(bytes);
        }

        @Override
        byte[] body(ServerFrame frame) {
            return JsonWriter.body(frame);
        }

        @Override
        public byte[] envelope(byte[] position) {
            if (position.length == 0) {
                return OPEN;
            }
            String text = Base64.getUrlEncoder().withoutPadding().encodeToString(position);
            return ("{\"position\":\"" + text + "\",").getBytes(StandardCharsets.ISO_8859_1);
        }
    },

    PROTO("bocau.v1.proto") {
        @Override
        ClientFrame parse(byte[] bytes) {
            try {
                ClientFrame frame = ClientFrame.parseFrom(bytes);
                if (frame.getBodyCase() == ClientFrame.BodyCase.BODY_NOT_SET) {
                    throw new Refused(Code.UNKNOWN_TYPE, "a frame without a body known here");
                }
                return frame;
            } catch (InvalidProtocolBufferException e) {
                throw new Refused(Code.MALFORMED, "not a ClientFrame: " + e.getMessage());
            }
        }

        @Override
        byte[] body(ServerFrame frame) {
            return frame.toByteArray();
        }

        @Override
        public byte[] envelope(byte[] position) {
            // Serialized messages of one type may be joined: the fields of both make one message.
            return position.length == 0
                    ? position
                    : ServerFrame.newBuilder()
                            .setPosition(UnsafeByteOperations.unsafeWrap(position))
                            .build()
                            .toByteArray();
        }
    };

    private final String subprotocol;

    WireFormat(String subprotocol) {
        this.subprotocol = subprotocol;
    }

    /// The name under which a WebSocket client asks for it.
    public String subprotocol() {
        return subprotocol;
    }

    /// Reads what a client has sent.
    public Incoming read(byte[] bytes) {
        try {
            return new Incoming.Frame(parse(bytes));
        } catch (Refused refused) {
            return new Incoming.Unreadable(refused.refusal(), about(bytes));
        }
    }

    /// Reads a message for a conversation that the transport names beside it: the fields of
    /// send_message, without its envelope.
    ///
    /// @param named the localId where the transport has named that, too; otherwise empty
    /// @param unnamed a localId for a message that has none
    public Incoming readMessage(
            byte[] bytes, String conversation, String named, Supplier<String> unnamed) {
        try {
            SendMessage message = parseMessage(bytes);
            String own = message.getConversationId();
            if (!own.isEmpty() && !own.equals(conversation)) {
                throw new Refused(Code.INVALID_FIELD, "conversationId is not that of the topic");
            }
            String localId = message.getLocalId();
            if (!localId.isEmpty() && !named.isEmpty() && !localId.equals(named)) {
                throw new Refused(Code.INVALID_FIELD, "localId is not the correlation data");
            }
            String name = named.isEmpty() ? localId : named;
            return new Incoming.Frame(
                    ClientFrame.newBuilder()
                            .setSendMessage(
                                    message.toBuilder()
                                            .setConversationId(conversation)
                                            .setLocalId(name.isEmpty() ? unnamed.get() : name))
                            .build());
        } catch (Refused refused) {
            About about = about(bytes);
            String localId = named.isEmpty() ? about.localId() : named;
            return new Incoming.Unreadable(
                    refused.refusal(), About.of("send_message", localId, conversation));
        }
    }

    private SendMessage parseMessage(byte[] bytes) {
        try {
            return switch (this) {
                case JSON -> (SendMessage) JsonReader.message(bytes, SendMessage.newBuilder());
                case PROTO -> SendMessage.parseFrom(bytes);
            };
        } catch (InvalidProtocolBufferException e) {
            throw new Refused(Code.MALFORMED, "not a SendMessage: " + e.getMessage());
        }
    }

    /// The frame of these bytes.
    ///
    /// @throws Refused if they are none
    abstract ClientFrame parse(byte[] bytes);

    /// What can be made out of bytes that are no frame.
    About about(byte[] bytes) {
        return About.NOTHING;
    }

    /// What follows the envelope.
    abstract byte[] body(ServerFrame frame);

    /// What precedes a body.
    ///
    /// @param position empty: the frame has none
    public abstract byte[] envelope(byte[] position);
}
