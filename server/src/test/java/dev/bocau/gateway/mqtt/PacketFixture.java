package dev.bocau.gateway.mqtt;

import static dev.bocau.testing.MqttSocket.body;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.testing.MqttSocket;
import dev.bocau.testing.MqttSocket.Body;
import dev.bocau.testing.MqttSocket.Published;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Talks packet by packet.
abstract class PacketFixture extends MqttFixture {
    static final byte[] PINGREQ = body().packet(MqttSocket.PINGREQ, 0);

    MqttSocket socket() throws IOException {
        return kept(new MqttSocket(server.mqttPort()));
    }

    /// Says CONNECT and hears that it is let in.
    MqttSocket connected(boolean five, String user, boolean clean) throws IOException {
        MqttSocket socket = socket();
        socket.write(connect(five, user, clean));
        assertThat(socket.read().reason()).isZero();
        return socket;
    }

    static byte[] connect(boolean five, String user, boolean clean) {
        return connect(five ? body() : null, user, clean, 60);
    }

    static byte[] connect(@Nullable Body properties, String user, boolean clean, int keepAliveS) {
        String name = properties == null ? "x" : null;
        return MqttSocket.connect(
                properties, "device", name, server.token(user), clean, keepAliveS);
    }

    MqttSocket subscribed(boolean five, String user) throws IOException {
        MqttSocket socket = connected(five, user, true);
        socket.write(MqttSocket.subscribe(five, 1, "inbox", 1));
        assertThat(socket.read().type()).isEqualTo(MqttSocket.SUBACK);
        return socket;
    }

    static byte[] publish(boolean five, String topic, int packetId, String payload) {
        byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
        return MqttSocket.publish(five ? body() : null, topic, packetId, false, bytes);
    }

    static String message(String localId, String content) {
        return "{\"localId\":\"%s\",\"kind\":\"text\",\"content\":\"%s\"}"
                .formatted(localId, content);
    }

    static String unnamed(String content) {
        return "{\"kind\":\"text\",\"content\":\"%s\"}".formatted(content);
    }

    /// The next publication whose payload contains something.
    static Published next(MqttSocket socket, boolean five, String part) throws IOException {
        while (true) {
            Published next = Published.of(socket.read(MqttSocket.PUBLISH), five);
            if (text(next).contains(part)) {
                return next;
            }
        }
    }

    static String text(Published published) {
        return new String(published.payload(), StandardCharsets.UTF_8);
    }

    static byte[] joined(byte[]... packets) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] packet : packets) {
            all.writeBytes(packet);
        }
        return all.toByteArray();
    }
}
