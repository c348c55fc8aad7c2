package dev.bocau.bench.subject;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.bocau.bench.subject.Subject.Client;
import dev.bocau.bench.subject.Subject.Ear;
import dev.bocau.protocol.Ack;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.Device;
import dev.bocau.protocol.DeviceConnect;
import dev.bocau.protocol.DeviceConnected;
import dev.bocau.protocol.DeviceType;
import dev.bocau.protocol.Message;
import dev.bocau.protocol.MessageKind;
import dev.bocau.protocol.MissedMessages;
import dev.bocau.protocol.Platform;
import dev.bocau.protocol.SendMessage;
import dev.bocau.protocol.ServerFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A device on the binary WebSocket that acknowledges as the server asks it to: every so many
/// frames or so many milliseconds.
final class BocauClient extends WebSocketClient implements Client {
    private final String token;
    private final String device;
    private final Ear ear;
    private final String localIds = Long.toString(System.nanoTime(), 36) + "-";
    private long sent;
    private DeviceConnected terms = DeviceConnected.getDefaultInstance();
    private @Nullable ByteString position;
    private int unacknowledged;
    private boolean timing;

    BocauClient(String token, String device, Ear ear) {
        super("/ws", "bocau.v1.proto");
        this.token = token;
        this.device = device;
        this.ear = ear;
    }

    @Override
    void opened() {
        write(
                ClientFrame.newBuilder()
                        .setDeviceConnect(
                                DeviceConnect.newBuilder()
                                        .setToken(token)
                                        .setDevice(
                                                Device.newBuilder()
                                                        .setId(device)
                                                        .setType(DeviceType.DEVICE_TYPE_MOBILE)
                                                        .setPlatform(Platform.PLATFORM_ANDROID)
                                                        .setAppVersion("bench"))));
    }

    private void write(ClientFrame.Builder frame) {
        write(BINARY, Unpooled.wrappedBuffer(frame.build().toByteArray()));
    }

    @Override
    void frame(int opcode, ByteBuf payload) {
        ServerFrame frame;
        try {
            frame = ServerFrame.parseFrom(CodedInputStream.newInstance(payload.nioBuffer()));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("not a frame", e);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        if (frame.hasPosition()) {
            position = frame.getPosition();
            unacknowledged++;
        }
        switch (frame.getBodyCase()) {
            case DEVICE_CONNECTED -> {
                terms = frame.getDeviceConnected();
                ready();
            }
            case NEW_MESSAGE -> heard(frame.getNewMessage());
            case SYNC_MISSED_MESSAGES -> {
                MissedMessages page = frame.getSyncMissedMessages();
                page.getMessagesList().forEach(this::heard);
                acknowledge();
            }
            case SYNC_CONVERSATION_STATES -> acknowledge();
            case MESSAGE_RECEIVED -> ear.confirmed();
            case ERROR -> ear.refused(frame.getError().getReason());
            default -> {}
        }
    }

    private void heard(Message message) {
        ear.heard(message.getConversationId(), message.getContent());
    }

    @Override
    void idle() {
        if (unacknowledged >= terms.getAckEvery()) {
            acknowledge();
        } else if (unacknowledged > 0 && !timing) {
            timing = true;
            var _ =
                    context()
                            .executor()
                            .schedule(
                                    () -> {
                                        timing = false;
                                        acknowledge();
                                    },
                                    terms.getAckMs(),
                                    TimeUnit.MILLISECONDS);
        }
    }

    private void acknowledge() {
        if (position != null && unacknowledged > 0) {
            unacknowledged = 0;
            write(ClientFrame.newBuilder().setAck(Ack.newBuilder().setPosition(position)));
        }
    }

    @Override
    void ended(String why) {
        ear.refused(why);
    }

    @Override
    public void send(String conversation, String content) {
        ClientFrame.Builder frame =
                ClientFrame.newBuilder()
                        .setSendMessage(
                                SendMessage.newBuilder()
                                        .setLocalId(localIds + sent++)
                                        .setConversationId(conversation)
                                        .setKind(MessageKind.MESSAGE_KIND_TEXT)
                                        .setContent(content));
        write(frame);
    }
}
