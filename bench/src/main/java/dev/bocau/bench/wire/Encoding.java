package dev.bocau.bench.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.bocau.protocol.Ack;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.Device;
import dev.bocau.protocol.DeviceConnect;
import dev.bocau.protocol.DeviceType;
import dev.bocau.protocol.MarkRead;
import dev.bocau.protocol.MessageKind;
import dev.bocau.protocol.Platform;
import dev.bocau.protocol.SendMessage;
import dev.bocau.protocol.ServerFrame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a device says and hears, in one of the two encodings of frames.
public enum Encoding {
    JSON("bocau.v1.json") {
        @Override
        byte[] deviceConnect(Installation device) {
            String cursor =
                    device.position().isEmpty()
                            ? ""
                            : ",\"cursor\":\"%s\"".formatted(text(device.position()));
            return bytes(
                    "{\"type\":\"device_connect\",\"token\":\"%s\",\"device\":{\"id\":\"%s\",\"type\":\"mobile\",\"platform\":\"android\",\"appVersion\":\"1.0\"}%s}"
                            .formatted(device.token(), device.id(), cursor));
        }

        @Override
        byte[] sendMessage(String conversation, String localId, String content) {
            return bytes(
                    "{\"type\":\"send_message\",\"localId\":\"%s\",\"conversationId\":\"%s\",\"kind\":\"text\",\"content\":\"%s\"}"
                            .formatted(localId, conversation, content));
        }

        @Override
        byte[] message(String localId, String content) {
            return bytes(
                    "{\"localId\":\"%s\",\"kind\":\"text\",\"content\":\"%s\"}"
                            .formatted(localId, content));
        }

        @Override
        byte[] markRead(String conversation, long seq) {
            return bytes(
                    "{\"type\":\"mark_read\",\"conversationId\":\"%s\",\"seq\":%d}"
                            .formatted(conversation, seq));
        }

        @Override
        byte[] ack(ByteString position) {
            return bytes("{\"type\":\"ack\",\"position\":\"%s\"}".formatted(text(position)));
        }

        @Override
        Heard heard(byte[] frame) {
            Matcher found = FRAME.matcher(new String(frame, StandardCharsets.UTF_8));
            if (!found.find()) {
                throw new IllegalStateException("no frame: " + found);
            }
            byte[] position =
                    found.group(1) == null
                            ? new byte[0]
                            : Base64.getUrlDecoder().decode(found.group(1));
            return new Heard(found.group(2), ByteString.copyFrom(position));
        }
    },

    PROTO("bocau.v1.proto") {
        @Override
        byte[] deviceConnect(Installation device) {
            DeviceConnect.Builder connect =
                    DeviceConnect.newBuilder()
                            .setToken(device.token())
                            .setDevice(
                                    Device.newBuilder()
                                            .setId(device.id())
                                            .setType(DeviceType.DEVICE_TYPE_MOBILE)
                                            .setPlatform(Platform.PLATFORM_ANDROID)
                                            .setAppVersion("1.0"));
            if (!device.position().isEmpty()) {
                connect.setCursor(device.position());
            }
            return ClientFrame.newBuilder().setDeviceConnect(connect).build().toByteArray();
        }

        @Override
        byte[] sendMessage(String conversation, String localId, String content) {
            SendMessage.Builder message =
                    unplaced(localId, content).setConversationId(conversation);
            return ClientFrame.newBuilder().setSendMessage(message).build().toByteArray();
        }

        @Override
        byte[] message(String localId, String content) {
            return unplaced(localId, content).build().toByteArray();
        }

        private static SendMessage.Builder unplaced(String localId, String content) {
            return SendMessage.newBuilder()
                    .setLocalId(localId)
                    .setKind(MessageKind.MESSAGE_KIND_TEXT)
                    .setContent(content);
        }

        @Override
        byte[] markRead(String conversation, long seq) {
            return ClientFrame.newBuilder()
                    .setMarkRead(MarkRead.newBuilder().setConversationId(conversation).setSeq(seq))
                    .build()
                    .toByteArray();
        }

        @Override
        byte[] ack(ByteString position) {
            return ClientFrame.newBuilder()
                    .setAck(Ack.newBuilder().setPosition(position))
                    .build()
                    .toByteArray();
        }

        @Override
        Heard heard(byte[] frame) throws InvalidProtocolBufferException {
            ServerFrame read = ServerFrame.parseFrom(frame);
            return new Heard(
                    read.getBodyCase().name().toLowerCase(Locale.ROOT), read.getPosition());
        }
    };

    /// A frame of the server's encoder: its position first, if it has one, then its type.
    private static final Pattern FRAME =
            Pattern.compile("^\\{(?:\"position\":\"([^\"]*)\",)?\"type\":\"([a-z_]+)\"");

    private final String subprotocol;

    Encoding(String subprotocol) {
        this.subprotocol = subprotocol;
    }

    /// Its name where a transport asks for it.
    String subprotocol() {
        return subprotocol;
    }

    /// What a device has been told.
    ///
    /// @param type as in JSON
    /// @param position that it reaches with it; empty: none
    record Heard(String type, ByteString position) {}

    /// Goes on where the device stands, or asks for a snapshot.
    abstract byte[] deviceConnect(Installation device);

    abstract byte[] sendMessage(String conversation, String localId, String content);

    /// A message whose conversation the transport names.
    abstract byte[] message(String localId, String content);

    abstract byte[] markRead(String conversation, long seq);

    abstract byte[] ack(ByteString position);

    abstract Heard heard(byte[] frame) throws IOException;

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(ByteString position) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(position.toByteArray());
    }
}
