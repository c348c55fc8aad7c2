package dev.bocau.simulation;

import com.google.protobuf.ByteString;
import dev.bocau.model.Code;
import dev.bocau.protocol.Ack;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.Device;
import dev.bocau.protocol.DeviceConnect;
import dev.bocau.protocol.DeviceState;
import dev.bocau.protocol.DeviceType;
import dev.bocau.protocol.EditMessage;
import dev.bocau.protocol.Error;
import dev.bocau.protocol.MarkRead;
import dev.bocau.protocol.MessageKind;
import dev.bocau.protocol.MessageReceived;
import dev.bocau.protocol.Platform;
import dev.bocau.protocol.RecallMessage;
import dev.bocau.protocol.SendMessage;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.testing.DeviceModel;
import dev.bocau.testing.Link;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A client as it should be: keeps what it is sent together with the position, in one transaction;
/// sends again, in order, what was not confirmed; connects again when the connection is gone.
final class Phone {
    private static final int COMES_BACK_WITHIN_US = 2_000_000;
    private static final long READ_AGAIN_US = 5_000_000;
    private static final int ACK_WITHIN_US = 100_000;

    /// How it comes to a server.
    interface Network {
        /// A connection, if there is a server.
        Optional<Wire> connect(Link.Listener listener, Phone phone);

        String token(Phone phone);
    }

    /// What is on its flash memory.
    private record Kept(
            DeviceModel model, Map<String, ClientFrame> outbox, Map<String, Long> reads) {
        Kept copy() {
            return new Kept(model.copy(), new LinkedHashMap<>(outbox), new TreeMap<>(reads));
        }
    }

    final String user;
    final String id;
    private final Scheduler scheduler;
    private final SplittableRandom random;
    private final Network network;
    private final Verdict verdict;
    private final Map<String, Long> backOffUs = new HashMap<>();
    private Kept kept;
    private Kept backup;
    private @Nullable Wire wire;
    private boolean connected;
    private boolean off;
    private boolean acking;
    private boolean rereading;
    private int connections;
    private int names;

    Phone(
            Scheduler scheduler,
            SplittableRandom random,
            Network network,
            Verdict verdict,
            String user,
            String id) {
        this.scheduler = scheduler;
        this.random = random;
        this.network = network;
        this.verdict = verdict;
        this.user = user;
        this.id = id;
        this.kept = new Kept(new DeviceModel(user), new LinkedHashMap<>(), new TreeMap<>());
        this.backup = kept.copy();
    }

    @Override
    public String toString() {
        return user + "/" + id;
    }

    DeviceModel model() {
        return kept.model;
    }

    boolean connected() {
        return connected;
    }

    Optional<Wire> wire() {
        return Optional.ofNullable(wire);
    }

    /// What it still wants from the server; empty: nothing.
    String wants() {
        String wants = connected ? "" : "a connection ";
        wants += kept.outbox.isEmpty() ? "" : "✓ of " + kept.outbox.keySet() + " ";
        return wants + (kept.reads.isEmpty() ? "" : "confirmation of reads " + kept.reads);
    }

    // --------------------------------------------------------------------------------- connections

    void switchOff() {
        off = true;
        hangUp();
    }

    void switchOn() {
        off = false;
        comeBack();
    }

    private void hangUp() {
        connections++;
        if (wire != null) {
            wire.close();
        }
        wire = null;
        connected = false;
    }

    /// The app crashes, and what it finds on its next start is what it had some time ago.
    void crash() {
        hangUp();
        kept = backup;
        backup = kept.copy();
        kept.outbox.keySet().forEach(localId -> verdict.asksAgain(this, localId));
        comeBack();
    }

    /// What a later crash goes back to.
    void backUp() {
        backup = kept.copy();
    }

    void cut() {
        wire().ifPresent(Wire::cut);
    }

    void fallSilent() {
        wire().ifPresent(Wire::fallSilent);
    }

    private void comeBack() {
        scheduler.at(scheduler.nowUs() + random.nextInt(COMES_BACK_WITHIN_US), this::connect);
    }

    private void connect() {
        if (off || wire != null) {
            return;
        }
        int mine = ++connections;
        Link.Listener listener =
                new Link.Listener() {
                    @Override
                    public void frame(ServerFrame frame) {
                        if (mine == connections) {
                            received(frame);
                        }
                    }

                    @Override
                    public void closed(int code) {
                        if (mine == connections) {
                            ended();
                        }
                    }
                };
        wire = network.connect(listener, this).orElse(null);
        if (wire == null) {
            comeBack();
            return;
        }
        DeviceConnect.Builder frame =
                DeviceConnect.newBuilder()
                        .setToken(network.token(this))
                        .setDevice(
                                Device.newBuilder()
                                        .setId(id)
                                        .setType(DeviceType.DEVICE_TYPE_MOBILE)
                                        .setPlatform(Platform.PLATFORM_ANDROID)
                                        .setAppVersion("1.0"));
        kept.model.position().ifPresent(frame::setCursor);
        say(ClientFrame.newBuilder().setDeviceConnect(frame));
    }

    private void ended() {
        wire = null;
        connected = false;
        if (!off) {
            comeBack();
        }
    }

    void say(ClientFrame.Builder frame) {
        say(frame.build());
    }

    private void say(ClientFrame frame) {
        if (wire != null) {
            wire.send(frame);
        }
    }

    // ---------------------------------------------------------------------------------- what comes

    private void received(ServerFrame frame) {
        verdict.received(this, frame);
        kept.model.apply(frame);
        switch (frame.getBodyCase()) {
            case DEVICE_CONNECTED -> {
                connected = true;
                backOffUs.clear();
                kept.outbox.values().forEach(this::say);
                kept.reads.forEach(this::sayRead);
            }
            case MESSAGE_RECEIVED -> confirmed(frame);
            case ERROR -> refused(frame.getError());
            default -> {}
        }
        kept.reads
                .entrySet()
                .removeIf(read -> kept.model.readSeq(read.getKey()) >= read.getValue());
        if (frame.hasPosition() && !acking) {
            acking = true;
            later(ACK_WITHIN_US, this::acknowledge);
        }
    }

    private void acknowledge() {
        acking = false;
        kept.model
                .position()
                .filter(at -> connected)
                .ifPresent(at ->
                        say(ClientFrame.newBuilder().setAck(Ack.newBuilder().setPosition(at))));
    }

    private void later(int withinUs, Runnable task) {
        scheduler.at(scheduler.nowUs() + 1 + random.nextInt(withinUs), task);
    }

    private void confirmed(ServerFrame answer) {
        MessageReceived received = answer.getMessageReceived();
        verdict.confirmed(this, received);
        ClientFrame sent = kept.outbox.remove(received.getLocalId());
        if (sent != null && sent.hasSendMessage()) {
            kept.model.confirmed(id, sent.getSendMessage(), answer);
        }
    }

    private void refused(Error error) {
        boolean later = isRetryable(error.getCode());
        if (error.hasLocalId() && kept.outbox.containsKey(error.getLocalId())) {
            if (later) {
                backOff(error.getConversationId(), error.getRetryAfterMs());
            } else {
                kept.outbox.remove(error.getLocalId());
                verdict.refused(this, error.getLocalId());
            }
        } else if ("mark_read".equals(error.getFrame())) {
            if (!later) {
                kept.reads.remove(error.getConversationId());
            }
        } else if ("ack".equals(error.getFrame()) && later) {
            acking = true;
            later(5 * ACK_WITHIN_US, this::acknowledge);
        }
    }

    private static boolean isRetryable(int number) {
        return Arrays.stream(Code.values())
                .filter(code -> code.number() == number)
                .anyMatch(code -> code.action() == Code.Action.RETRY);
    }

    /// Sends all that waits for a conversation again, but not now.
    private void backOff(String conversation, int retryAfterMs) {
        long untilUs = scheduler.nowUs() + Math.max(retryAfterMs, 100) * 1_000L;
        if (backOffUs.merge(conversation, untilUs, Math::max) == untilUs) {
            int mine = connections;
            scheduler.at(
                    untilUs,
                    () -> {
                        if (mine == connections
                                && backOffUs.getOrDefault(conversation, 0L) == untilUs) {
                            backOffUs.remove(conversation);
                            kept.outbox.values().stream()
                                    .filter(frame ->
                                            conversation.equals(Verdict.conversation(frame)))
                                    .forEach(this::say);
                        }
                    });
        }
    }

    // -------------------------------------------------------------------------- what its user does

    /// Writes a message.
    void write(String conversation, String content) {
        SendMessage.Builder message =
                SendMessage.newBuilder()
                        .setLocalId(localId())
                        .setConversationId(conversation)
                        .setKind(MessageKind.MESSAGE_KIND_TEXT)
                        .setContent(content);
        long newest = kept.model.newest(conversation);
        if (newest > 0 && random.nextBoolean()) {
            message.setReadSeq(newest);
        }
        ask(message.getLocalId(), ClientFrame.newBuilder().setSendMessage(message).build());
    }

    void edit(String conversation, String messageId, String content) {
        String localId = localId();
        ask(
                localId,
                ClientFrame.newBuilder()
                        .setEditMessage(
                                EditMessage.newBuilder()
                                        .setLocalId(localId)
                                        .setConversationId(conversation)
                                        .setMessageId(messageId)
                                        .setContent(content))
                        .build());
    }

    void recall(String conversation, String messageId) {
        String localId = localId();
        ask(
                localId,
                ClientFrame.newBuilder()
                        .setRecallMessage(
                                RecallMessage.newBuilder()
                                        .setLocalId(localId)
                                        .setConversationId(conversation)
                                        .setMessageId(messageId))
                        .build());
    }

    private String localId() {
        return "%s-%d".formatted(id, ++names);
    }

    private void ask(String localId, ClientFrame frame) {
        kept.outbox.put(localId, frame);
        verdict.asked(this, localId, frame);
        if (connected && !backOffUs.containsKey(Verdict.conversation(frame))) {
            say(frame);
            if (random.nextInt(10) == 0) {
                say(frame);
            }
        }
    }

    /// Reads up to a message, with a clock that may be wrong.
    void read(String conversation, long seq) {
        kept.reads.merge(conversation, seq, Math::max);
        verdict.read(this, conversation, seq);
        if (connected) {
            sayRead(conversation, seq);
        }
    }

    private void sayRead(String conversation, long seq) {
        MarkRead.Builder read = MarkRead.newBuilder().setConversationId(conversation).setSeq(seq);
        if (random.nextInt(3) == 0) {
            read.setReadAt(
                    Math.max(0, scheduler.millis() + random.nextLong(-90_000_000, 90_000_000)));
        }
        say(ClientFrame.newBuilder().setMarkRead(read));
        if (!rereading) {
            rereading = true;
            scheduler.at(scheduler.nowUs() + READ_AGAIN_US, this::readAgain);
        }
    }

    private void readAgain() {
        rereading = false;
        if (connected) {
            new TreeMap<>(kept.reads).forEach(this::sayRead);
        }
    }

    void active(boolean active) {
        say(ClientFrame.newBuilder().setDeviceState(DeviceState.newBuilder().setActive(active)));
    }

    void acknowledge(ByteString position) {
        say(ClientFrame.newBuilder().setAck(Ack.newBuilder().setPosition(position)));
    }
}
