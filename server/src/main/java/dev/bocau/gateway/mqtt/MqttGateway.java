package dev.bocau.gateway.mqtt;

import dev.bocau.limits.Limits;
import dev.bocau.session.SessionRegistry;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;

/// Speaks MQTT 3.1.1 and 5: Netty's codec, and an {@link MqttConnection} behind it.
public final class MqttGateway {
    private final SessionRegistry sessions;
    private final Limits limits;
    private final UnnamedMessages unnamed = new UnnamedMessages();

    public MqttGateway(SessionRegistry sessions, Limits limits) {
        this.sessions = sessions;
        this.limits = limits;
    }

    /// A socket was opened.
    public void opened(ChannelPipeline pipeline) {
        MqttConnection connection = new MqttConnection(pipeline.channel(), limits, unnamed);
        pipeline.addLast(new MqttDecoder(limits.frameBytes()))
                .addLast(MqttEncoder.INSTANCE)
                .addLast(connection);
        connection.open(sessions);
    }
}
