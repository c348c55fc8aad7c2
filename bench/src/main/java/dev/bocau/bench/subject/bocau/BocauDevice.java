package dev.bocau.bench.subject.bocau;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import dev.bocau.bench.subject.Device;
import dev.bocau.bench.subject.Link;
import dev.bocau.bench.subject.Subject.Ear;
import dev.bocau.bench.subject.WebSocketClient;
import dev.bocau.protocol.Ack;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.DeviceConnect;
import dev.bocau.protocol.DeviceConnected;
import dev.bocau.protocol.DeviceType;
import dev.bocau.protocol.Message;
import dev.bocau.protocol.MessageKind;
import dev.bocau.protocol.MissedMessages;
import dev.bocau.protocol.Platform;
import dev.bocau.protocol.SendMessage;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.protocol.Sync;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A device on the binary WebSocket that keeps its position and acknowledges as the server asks it
/// to: every so many frames or so many milliseconds.
public final class BocauDevice extends Device {
    private final Token token;
    private final String name;
    private final Ear ear;
    private final String localIds = Long.toString(System.nanoTime(), 36) + "-";
    private long sent;
    private @Nullable ByteString position;

    /// What lets a user in.
    public interface Token {
        String get() throws IOException;
    }

    public BocauDevice(int port, Token token, String name, Ear ear) {
        super(port);
        this.token = token;
        this.name = name;
        this.ear = ear;
    }

    @Override
    protected Link open() throws IOException {
        return new Connection(token.get());
    }

    private final class Connection extends WebSocketClient {
        private final String token;
        private DeviceConnected terms = DeviceConnected.getDefaultInstance();
        private int unacknowledged;
        private boolean timing;

        Connection(String token) {
            super(ear, "/ws", "bocau.v1.proto");
            this.token = token;
        }

        @Override
        protected void opened() {
            DeviceConnect.Builder connect =
                    DeviceConnect.newBuilder()
                            .setToken(token)
                            .setDevice(
                                    dev.bocau.protocol.Device.newBuilder()
                                            .setId(name)
                                            .setType(DeviceType.DEVICE_TYPE_MOBILE)
                                            .setPlatform(Platform.PLATFORM_ANDROID)
                                            .setAppVersion("bench"));
            if (position != null) {
                connect.setCursor(position);
            }
            write(ClientFrame.newBuilder().setDeviceConnect(connect));
        }

        private void write(ClientFrame.Builder frame) {
            write(BINARY, Unpooled.wrappedBuffer(frame.build().toByteArray()));
        }

        @Override
        protected void frame(ByteBuf payload) {
            ServerFrame frame;
            try {
                frame = ServerFrame.parseFrom(CodedInputStream.newInstance(payload.nioBuffer()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (frame.hasPosition()) {
                position = frame.getPosition();
                unacknowledged++;
            }
            switch (frame.getBodyCase()) {
                case DEVICE_CONNECTED -> connected(frame.getDeviceConnected());
                case NEW_MESSAGE -> heard(frame.getNewMessage());
                case SYNC_MISSED_MESSAGES -> missed(frame.getSyncMissedMessages());
                case SYNC_CONVERSATION_STATES -> page(frame.getSyncConversationStates().getMore());
                case MESSAGE_RECEIVED -> ear.confirmed();
                case ERROR -> ear.refused(frame.getError().getReason());
                default -> {}
            }
        }

        private void connected(DeviceConnected answer) {
            if (position != null && answer.getSync() == Sync.SYNC_SNAPSHOT) {
                ear.refused("too far behind: got a snapshot instead of what was missed");
            }
            terms = answer;
            if (answer.getSync() == Sync.SYNC_CURRENT) {
                ready();
            }
        }

        private void missed(MissedMessages missed) {
            missed.getMessagesList().forEach(this::heard);
            page(missed.getMore());
        }

        private void page(boolean more) {
            acknowledge();
            if (!more) {
                ready();
            }
        }

        /// What this device has sent itself may come back, if the server could not place it in
        /// front of what it had still to tell.
        private void heard(Message message) {
            if (!message.getLocalId().startsWith(localIds)) {
                ear.heard(message.getConversationId(), message.getContent());
            }
        }

        @Override
        protected void idle() {
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
        protected void farewell() {
            acknowledge();
            super.farewell();
        }

        @Override
        protected void send(String conversation, String content) {
            SendMessage.Builder message =
                    SendMessage.newBuilder()
                            .setLocalId(localIds + sent++)
                            .setConversationId(conversation)
                            .setKind(MessageKind.MESSAGE_KIND_TEXT)
                            .setContent(content);
            write(ClientFrame.newBuilder().setSendMessage(message));
        }
    }
}
