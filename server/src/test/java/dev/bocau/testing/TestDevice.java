package dev.bocau.testing;

import com.google.protobuf.ByteString;
import dev.bocau.protocol.Ack;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.Device;
import dev.bocau.protocol.DeviceConnect;
import dev.bocau.protocol.DeviceState;
import dev.bocau.protocol.DeviceType;
import dev.bocau.protocol.EditMessage;
import dev.bocau.protocol.MarkRead;
import dev.bocau.protocol.MessageKind;
import dev.bocau.protocol.MessageReceived;
import dev.bocau.protocol.MuteConversation;
import dev.bocau.protocol.Platform;
import dev.bocau.protocol.RecallMessage;
import dev.bocau.protocol.SendMessage;
import dev.bocau.protocol.ServerFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A device of a user: keeps what it is sent, acknowledges it, and sends what waits in its outbox
/// again after every connect.
public final class TestDevice implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Link.Opener opener;
    private final Supplier<String> token;
    private final String user;
    private final String id;
    private final DeviceModel model;
    private final Map<String, SendMessage> outbox = new LinkedHashMap<>();
    private final Map<String, MessageReceived> confirmed = new LinkedHashMap<>();
    private final List<ServerFrame> frames = new ArrayList<>();
    private @Nullable Link link;
    private int generation;
    private int closeCode = -1;
    private boolean acknowledging = true;
    private long retryAfterMs;
    private Duration patience = PATIENCE;
    private boolean connected;

    private Platform platform = Platform.PLATFORM_IOS;
    private @Nullable String pushToken;

    public TestDevice(Link.Opener opener, String user, String id, Supplier<String> token) {
        this.opener = opener;
        this.user = user;
        this.id = id;
        this.token = token;
        this.model = new DeviceModel(user);
    }

    public String user() {
        return user;
    }

    public String id() {
        return id;
    }

    // ----------------------------------------------------------------------------------------------------- connecting

    /// Opens a connection without saying anything on it.
    public synchronized TestDevice open() {
        int mine = ++generation;
        closeCode = -1;
        connected = false;
        link =
                opener.open(
                        new Link.Listener() {
                            @Override
                            public void frame(ServerFrame frame) {
                                received(mine, frame);
                            }

                            @Override
                            public void closed(int code) {
                                ended(mine, code);
                            }
                        });
        return this;
    }

    /// Connects from the position it has reached, or for the first time, and waits until it is let
    /// in.
    public TestDevice connect() {
        return connect(model.position());
    }

    /// Connects with a position of the test's choice.
    public TestDevice connect(Optional<ByteString> cursor) {
        begin(cursor);
        await("being let in", () -> connected);
        return this;
    }

    /// Connects and does not wait for an answer.
    public TestDevice begin(Optional<ByteString> cursor) {
        open();
        DeviceConnect.Builder frame = deviceConnect();
        cursor.ifPresent(frame::setCursor);
        say(ClientFrame.newBuilder().setDeviceConnect(frame));
        return this;
    }

    public DeviceConnect.Builder deviceConnect() {
        Device.Builder device =
                Device.newBuilder()
                        .setId(id)
                        .setType(DeviceType.DEVICE_TYPE_MOBILE)
                        .setPlatform(platform)
                        .setAppVersion("1.0");
        if (pushToken != null) {
            device.setPushToken(pushToken);
        }
        return DeviceConnect.newBuilder().setToken(token.get()).setDevice(device);
    }

    /// What it says of pushes when it connects from now on.
    public TestDevice pushedTo(Platform newPlatform, String newPushToken) {
        platform = newPlatform;
        pushToken = newPushToken;
        return this;
    }

    /// Says whether its app is in the foreground.
    public void active(boolean active) {
        say(ClientFrame.newBuilder().setDeviceState(DeviceState.newBuilder().setActive(active)));
    }

    public void mute(String conversation, long untilMs) {
        say(
                ClientFrame.newBuilder()
                        .setMuteConversation(
                                MuteConversation.newBuilder()
                                        .setConversationId(conversation)
                                        .setMutedUntil(untilMs)));
    }

    /// Goes offline.
    public TestDevice disconnect() {
        Link current;
        synchronized (this) {
            current = link;
            link = null;
            generation++;
            connected = false;
        }
        if (current != null) {
            current.close();
        }
        return this;
    }

    @Override
    public void close() {
        disconnect();
    }

    /// Waits for so long where it waits, instead of as long as a server that is well may take.
    public synchronized TestDevice patient(Duration forSoLong) {
        patience = forSoLong;
        return this;
    }

    public synchronized TestDevice acknowledging(boolean on) {
        acknowledging = on;
        return this;
    }

    private synchronized void received(int from, ServerFrame frame) {
        if (from != generation) {
            return;
        }
        frames.add(frame);
        model.apply(frame);
        switch (frame.getBodyCase()) {
            case DEVICE_CONNECTED -> {
                connected = true;
                resend();
            }
            case MESSAGE_RECEIVED -> confirm(frame);
            case ERROR -> {
                if (frame.getError().getRetryAfterMs() > 0) {
                    retryAfterMs = frame.getError().getRetryAfterMs();
                }
            }
            default -> {}
        }
        if (frame.hasPosition() && acknowledging) {
            acknowledge(frame.getPosition());
        }
        notifyAll();
    }

    /// For how long it was asked to wait before it sends again what it has in its outbox; empty: it
    /// was not, since this was last asked.
    public synchronized Optional<Duration> refused() {
        Optional<Duration> wait =
                retryAfterMs == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(retryAfterMs));
        retryAfterMs = 0;
        return wait;
    }

    /// Sends again what it has in its outbox, in order.
    public synchronized void resend() {
        outbox.values().forEach(message -> say(ClientFrame.newBuilder().setSendMessage(message)));
    }

    private void confirm(ServerFrame answer) {
        MessageReceived received = answer.getMessageReceived();
        confirmed.put(received.getLocalId(), received);
        SendMessage sent = outbox.remove(received.getLocalId());
        if (sent != null) {
            model.confirmed(id, sent, answer);
        }
    }

    private synchronized void ended(int from, int code) {
        if (from == generation) {
            closeCode = code;
            connected = false;
            link = null;
            notifyAll();
        }
    }

    // --------------------------------------------------------------------------------------------------------- saying

    public synchronized void say(ClientFrame.Builder frame) {
        if (link != null) {
            link.send(frame.build());
        }
    }

    public synchronized void acknowledge(ByteString position) {
        say(ClientFrame.newBuilder().setAck(Ack.newBuilder().setPosition(position)));
    }

    /// Puts a message into the outbox and sends it if there is a connection.
    ///
    /// @return its local id
    public String send(String conversation, String content) {
        return send(conversation, content, 0);
    }

    public synchronized String send(String conversation, String content, long readSeq) {
        String localId = UUID.randomUUID().toString();
        SendMessage.Builder message =
                SendMessage.newBuilder()
                        .setLocalId(localId)
                        .setConversationId(conversation)
                        .setKind(MessageKind.MESSAGE_KIND_TEXT)
                        .setContent(content);
        if (readSeq > 0) {
            message.setReadSeq(readSeq);
        }
        outbox.put(localId, message.build());
        if (connected) {
            say(ClientFrame.newBuilder().setSendMessage(message));
        }
        return localId;
    }

    /// Sends what was uploaded.
    ///
    /// @return its local id
    public synchronized String sendMedia(
            String conversation, MessageKind kind, String caption, String mediaId) {
        String localId = UUID.randomUUID().toString();
        SendMessage.Builder message =
                SendMessage.newBuilder()
                        .setLocalId(localId)
                        .setConversationId(conversation)
                        .setKind(kind)
                        .setContent(caption)
                        .setMediaId(mediaId);
        outbox.put(localId, message.build());
        if (connected) {
            say(ClientFrame.newBuilder().setSendMessage(message));
        }
        return localId;
    }

    /// Sends a message and waits for its ✓.
    public MessageReceived sent(String conversation, String content) {
        return awaitConfirmed(send(conversation, content));
    }

    public void read(String conversation, long seq) {
        say(
                ClientFrame.newBuilder()
                        .setMarkRead(
                                MarkRead.newBuilder().setConversationId(conversation).setSeq(seq)));
    }

    public void edit(String conversation, String messageId, String content) {
        say(
                ClientFrame.newBuilder()
                        .setEditMessage(
                                EditMessage.newBuilder()
                                        .setLocalId(UUID.randomUUID().toString())
                                        .setConversationId(conversation)
                                        .setMessageId(messageId)
                                        .setContent(content)));
    }

    public void recall(String conversation, String messageId) {
        say(
                ClientFrame.newBuilder()
                        .setRecallMessage(
                                RecallMessage.newBuilder()
                                        .setLocalId(UUID.randomUUID().toString())
                                        .setConversationId(conversation)
                                        .setMessageId(messageId)));
    }

    // -------------------------------------------------------------------------------------------------------- looking

    public synchronized Optional<ByteString> position() {
        return model.position();
    }

    public synchronized Map<String, DeviceModel.View> views() {
        return model.views();
    }

    public synchronized DeviceModel.View view(String conversation) {
        return Objects.requireNonNull(
                model.views().get(conversation), () -> id + " knows no " + conversation);
    }

    /// The newest message of a conversation that it knows; 0 if none.
    public synchronized long newest(String conversation) {
        return model.newest(conversation);
    }

    public synchronized long readSeq(String conversation) {
        return model.readSeq(conversation);
    }

    /// The contents of a conversation's messages, in order.
    public synchronized List<String> texts(String conversation) {
        DeviceModel.View view = model.views().get(conversation);
        return view == null
                ? List.of()
                : view.messages().values().stream().map(DeviceModel.Seen::content).toList();
    }

    public synchronized Optional<String> differenceFrom(TestDevice fresh) {
        synchronized (fresh) {
            return model.differenceFrom(fresh.model);
        }
    }

    public synchronized List<ServerFrame> frames() {
        return List.copyOf(frames);
    }

    public synchronized List<ServerFrame> frames(ServerFrame.BodyCase kind) {
        return frames.stream().filter(frame -> frame.getBodyCase() == kind).toList();
    }

    public synchronized Map<String, MessageReceived> confirmed() {
        return Map.copyOf(confirmed);
    }

    public synchronized int waiting() {
        return outbox.size();
    }

    public synchronized boolean connected() {
        return connected;
    }

    /// Whether the last connection has ended by itself.
    public synchronized boolean ended() {
        return closeCode >= 0;
    }

    // -------------------------------------------------------------------------------------------------------- waiting

    /// Waits for the first frame of a kind, from the first one of this device on.
    public ServerFrame await(ServerFrame.BodyCase kind) {
        return await(kind, frame -> true);
    }

    public ServerFrame await(ServerFrame.BodyCase kind, Predicate<ServerFrame> which) {
        Optional<ServerFrame>[] found = newArray();
        await(
                "a " + kind,
                () -> {
                    found[0] =
                            frames.stream()
                                    .filter(frame -> frame.getBodyCase() == kind)
                                    .filter(which)
                                    .findFirst();
                    return found[0].isPresent();
                });
        return found[0].orElseThrow();
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Optional<ServerFrame>[] newArray() {
        return new Optional[] {Optional.empty()};
    }

    public ServerFrame awaitError(int code) {
        return await(ServerFrame.BodyCase.ERROR, frame -> frame.getError().getCode() == code);
    }

    public MessageReceived awaitConfirmed(String localId) {
        await("the ✓ of " + localId, () -> confirmed.containsKey(localId));
        return Objects.requireNonNull(confirmed().get(localId));
    }

    /// Waits until it knows these messages of a conversation, and no others.
    public void awaitTexts(String conversation, String... contents) {
        List<String> expected = List.of(contents);
        await(
                "%s in %s".formatted(expected, conversation),
                () -> texts(conversation).equals(expected));
    }

    public void awaitTick(String conversation, long seq, String member, String tick) {
        await(
                "%s for %s of %d in %s".formatted(tick, member, seq, conversation),
                () -> {
                    DeviceModel.View view = model.views().get(conversation);
                    DeviceModel.Seen seen = view == null ? null : view.messages().get(seq);
                    return seen != null && tick.equals(seen.ticks().get(member));
                });
    }

    /// Waits until something has come, or for so long.
    public synchronized void awaitChange(long atMostMs) {
        int before = frames.size();
        long until = System.nanoTime() + atMostMs * 1_000_000;
        try {
            while (frames.size() == before && System.nanoTime() < until) {
                wait(atMostMs);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    public int awaitClosed() {
        await("the end of the connection", () -> closeCode >= 0);
        return closeCode;
    }

    public synchronized void await(String what, Supplier<Boolean> condition) {
        long until = System.nanoTime() + patience.toNanos();
        while (!condition.get()) {
            long leftMs = (until - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                throw new AssertionError(
                        "%s/%s waited in vain for %s; it got %d frames, the last of them %s; it knows %s"
                                .formatted(
                                        user,
                                        id,
                                        what,
                                        frames.size(),
                                        frames.subList(
                                                Math.max(0, frames.size() - 5), frames.size()),
                                        model.views()));
            }
            try {
                wait(Math.min(leftMs, 100));
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted", e);
            }
        }
    }
}
