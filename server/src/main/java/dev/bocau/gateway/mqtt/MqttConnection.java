package dev.bocau.gateway.mqtt;

import dev.bocau.frame.About;
import dev.bocau.frame.Incoming;
import dev.bocau.frame.SharedFrame;
import dev.bocau.frame.WireFormat;
import dev.bocau.gateway.SocketConnection;
import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.Refusal;
import dev.bocau.protocol.DeviceConnected;
import dev.bocau.protocol.Sync;
import dev.bocau.session.Session;
import dev.bocau.session.Transport;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttReasonCodes.Disconnect;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttUnacceptableProtocolVersionException;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// One client of MQTT. What waits to be written are frames, and what has become of those that the
/// client has published; everything else is the event loop's own.
final class MqttConnection extends SocketConnection<Outgoing> {
    private enum Stage {
        /// Nothing has come.
        SILENT,
        /// CONNECT has come; the session looks into it.
        CONNECTING,
        CONNECTED,
        /// The last packet is written.
        ENDING
    }

    private final UnnamedMessages unnamed;
    private volatile WireFormat format = WireFormat.JSON;
    private volatile @Nullable InboxTopic inbox;

    private Stage stage = Stage.SILENT;
    private @Nullable ConnectRequest asked;

    /// What came between CONNECT and its answer.
    private @Nullable List<MqttMessage> early;

    /// The session's first frame, until the client has subscribed.
    private @Nullable SharedFrame welcome;

    /// Why the connection is to end, for a client that has not said anything yet.
    private @Nullable Refusal unsaid;

    /// A reason of MQTT's own for the end.
    private @Nullable Disconnect violation;

    private boolean five;
    private @Nullable Publishing publishing;

    MqttConnection(Channel channel, Limits limits, UnnamedMessages unnamed) {
        super(channel, limits);
        this.unnamed = unnamed;
    }

    @Override
    public Transport transport() {
        return Transport.MQTT;
    }

    // ----------------------------------------------------------------------------------------------------- incoming

    @Override
    public void channelRead(ChannelHandlerContext context, Object packet) {
        read((MqttMessage) packet);
    }

    private void read(MqttMessage packet) {
        try {
            take(packet);
        } finally {
            ReferenceCountUtil.release(packet);
        }
    }

    private void take(MqttMessage packet) {
        if (stage == Stage.ENDING) {
            return;
        }
        if (packet.decoderResult().isFailure()) {
            unreadable(packet.decoderResult().cause());
            return;
        }
        switch (stage) {
            case SILENT -> {
                if (packet instanceof MqttConnectMessage connect) {
                    connect(connect);
                } else {
                    closeNow();
                }
            }
            case CONNECTING -> {
                if (early == null) {
                    early = new ArrayList<>();
                }
                early.add(ReferenceCountUtil.retain(packet));
            }
            case CONNECTED -> handle(packet);
            case ENDING -> {}
        }
    }

    private void unreadable(Throwable cause) {
        if (stage == Stage.SILENT && cause instanceof MqttUnacceptableProtocolVersionException) {
            refuse(ConnectRequest.unknownVersion());
        } else if (stage == Stage.SILENT) {
            closeNow();
        } else if (cause instanceof TooLongFrameException) {
            ended(
                    new Violation(
                            Disconnect.PACKET_TOO_LARGE,
                            Code.FRAME_TOO_LARGE,
                            "longer than %,d bytes".formatted(limits().frameBytes())));
        } else {
            ended(new Violation(Disconnect.MALFORMED_PACKET, "not a packet of MQTT"));
        }
    }

    private InboxTopic inbox() {
        return Objects.requireNonNull(inbox);
    }

    private Publishing publishing() {
        return Objects.requireNonNull(publishing);
    }

    private Session current() {
        return Objects.requireNonNull(session());
    }

    private void connect(MqttConnectMessage packet) {
        five = packet.variableHeader().version() == MqttVersion.MQTT_5.protocolLevel();
        if (unsaid != null) {
            end(Packets.notConnected(five, unsaid));
            return;
        }
        try {
            ConnectRequest request = ConnectRequest.of(packet, limits());
            asked = request;
            format = request.format();
            stage = Stage.CONNECTING;
            hold(true);
            current().receive(request.frame(), refusal -> add(new Outgoing.Admission(refusal)));
        } catch (ConnectRequest.Unacceptable unacceptable) {
            refuse(unacceptable);
        }
    }

    private void refuse(ConnectRequest.Unacceptable unacceptable) {
        String reason = String.valueOf(unacceptable.getMessage());
        end(Packets.notConnected(five, unacceptable.code(), reason));
    }

    private void handle(MqttMessage packet) {
        current().heard();
        try {
            switch (packet.fixedHeader().messageType()) {
                case PUBLISH -> publishing().take((MqttPublishMessage) packet);
                case PUBACK -> acknowledge((MqttMessageIdVariableHeader) packet.variableHeader());
                case SUBSCRIBE -> subscribe((MqttSubscribeMessage) packet);
                case UNSUBSCRIBE -> answer(inbox().unsubscribe((MqttUnsubscribeMessage) packet));
                case PINGREQ -> answer(MqttMessage.PINGRESP);
                case DISCONNECT -> closeNow();
                default ->
                        throw new Violation(
                                Disconnect.PROTOCOL_ERROR,
                                "no place for " + packet.fixedHeader().messageType());
            }
        } catch (Violation violation) {
            ended(violation);
        }
    }

    private void ended(Violation by) {
        violation = by.reason();
        current().close(by.refusal());
    }

    private void answer(MqttMessage packet) {
        var _ = channel().writeAndFlush(packet);
    }

    private void subscribe(MqttSubscribeMessage packet) throws Violation {
        InboxTopic.Subscribed subscribed = inbox().subscribe(packet);
        answer(subscribed.answer());
        if (subscribed.granted()) {
            begin();
        }
    }

    private void acknowledge(MqttMessageIdVariableHeader packet) {
        if (!inbox().acknowledge(packet.messageId())) {
            Refusal refusal =
                    Refusal.of(Code.NOT_SENT, "no packet %d waits".formatted(packet.messageId()));
            current().receive(new Incoming.Unreadable(refusal, About.NOTHING));
        }
    }

    /// Once for all that were acknowledged together.
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        InboxTopic topic = inbox;
        if (topic != null) {
            topic.takeAcknowledged().ifPresent(current()::acknowledged);
        }
        context.fireChannelReadComplete();
    }

    /// The inbox is subscribed to: from here on the log is sent.
    private void begin() {
        if (welcome != null) {
            send(NO_POSITION, welcome);
            welcome = null;
        }
        inbox().open();
        current().writable();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stage = Stage.ENDING;
        if (early != null) {
            early.forEach(ReferenceCountUtil::release);
            early = null;
        }
        super.channelInactive(context);
    }

    // ----------------------------------------------------------------------------------------------------- outgoing

    @Override
    public void send(byte[] position, SharedFrame frame) {
        add(new Outgoing.Delivery(position, frame, format.envelope(position), frame.body(format)));
    }

    @Override
    protected ChannelFuture write(Queue<Outgoing> waiting, int bytes) {
        waiting.forEach(this::write);
        return channel().writeAndFlush(Unpooled.EMPTY_BUFFER);
    }

    private void write(Outgoing outgoing) {
        if (stage == Stage.ENDING) {
            return;
        }
        switch (outgoing) {
            case Outgoing.Admission(Optional<Refusal> refusal) -> admit(refusal);
            case Outgoing.Confirmation done -> publishing().confirm(done).forEach(this::put);
            case Outgoing.Delivery delivery -> {
                if (stage == Stage.CONNECTED) {
                    publish(delivery);
                } else if (delivery.frame().frame().hasDeviceConnected()) {
                    welcome = delivery.frame();
                }
            }
        }
    }

    private void admit(Optional<Refusal> refused) {
        ConnectRequest request = Objects.requireNonNull(asked);
        asked = null;
        if (refused.isPresent()) {
            end(Packets.notConnected(five, refused.get()));
            return;
        }
        DeviceConnected granted = Objects.requireNonNull(welcome).frame().getDeviceConnected();
        stage = Stage.CONNECTED;
        String device = granted.getUserId() + "/" + granted.getDeviceId();
        if (request.clean()) {
            unnamed.forget(device);
        }
        inbox =
                new InboxTopic(
                        five,
                        request.receiveMaximum(),
                        request.maxPacketBytes(),
                        current().id().hashCode());
        publishing =
                new Publishing(
                        current(),
                        this::add,
                        format,
                        five,
                        limits().inboxFrames(),
                        request.wantsReasons(),
                        device,
                        unnamed);
        boolean present = !request.clean() && granted.getSync() != Sync.SYNC_SNAPSHOT;
        put(Packets.connected(request, granted, present, limits()));
        if (present) {
            begin();
        }
        List<MqttMessage> waiting = early;
        early = null;
        if (waiting != null) {
            waiting.forEach(this::read);
        }
        hold(false);
    }

    private void publish(Outgoing.Delivery delivery) {
        try {
            byte[] correlation = publishing().correlation(delivery.frame().frame());
            inbox().publish(delivery, correlation, channel().alloc()).ifPresent(this::put);
        } catch (Violation tooLarge) {
            ended(tooLarge);
        }
    }

    private void put(Object packet) {
        var _ = channel().write(packet);
    }

    @Override
    public int window() {
        InboxTopic topic = inbox;
        return topic == null ? 0 : topic.window();
    }

    /// The keep alive is the client's to keep: a server of MQTT cannot ask.
    @Override
    public void ping() {}

    @Override
    protected void writeGoodbye(Code code, String reason) {
        switch (stage) {
            case SILENT -> unsaid = Refusal.of(code, reason);
            case CONNECTING -> writeLast(Packets.notConnected(five, Refusal.of(code, reason)));
            case CONNECTED -> {
                Disconnect why =
                        Objects.requireNonNullElseGet(violation, () -> Reasons.disconnect(code));
                writeLast(five ? Packets.disconnect(why, code, reason) : null);
            }
            case ENDING -> {}
        }
    }

    /// Writes the last packet, if there is one.
    private void writeLast(@Nullable MqttMessage last) {
        stage = Stage.ENDING;
        hold(false);
        if (last != null) {
            put(last);
        }
        endOutput();
    }

    /// The client is not let in.
    private void end(MqttMessage last) {
        writeLast(last);
        leave();
    }
}
