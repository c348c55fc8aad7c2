package dev.bocau.gateway.mqtt;

import static dev.bocau.testing.MqttSocket.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bocau.testing.MqttLink;
import dev.bocau.testing.MqttSocket;
import dev.bocau.testing.TestDevice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/// Conversations cut into pieces at random places, and such with random bytes in them: the server
/// answers or closes, and lives.
class MqttFuzzTest extends MqttFixture {
    /// More: `-Dbocau.seeds`.
    private static final int SEEDS = Integer.getInteger("bocau.seeds", 200);

    private static final int MAX_PIECE_BYTES = 40;

    private static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /// What a well-behaved client says, a packet each.
    private List<byte[]> conversation(boolean five, String c, String token, long seed) {
        byte[] payload =
                "{\"localId\":\"l%d\",\"kind\":\"text\",\"content\":\"x\"}"
                        .formatted(seed)
                        .getBytes(StandardCharsets.UTF_8);
        byte[] frame =
                "{\"type\":\"mark_read\",\"conversationId\":\"%s\",\"seq\":1}"
                        .formatted(c)
                        .getBytes(StandardCharsets.UTF_8);
        List<byte[]> packets = new ArrayList<>();
        packets.add(
                MqttSocket.connect(
                        five ? body().userProperty("type", "web").one(0x21).two(3) : null,
                        "fuzz",
                        "x?type=web",
                        token,
                        seed % 2 == 0,
                        60));
        packets.add(MqttSocket.subscribe(five, 1, "inbox", 1));
        packets.add(
                MqttSocket.publish(
                        five ? body().one(0x09).text("l" + seed) : null,
                        "conversations/" + c,
                        2,
                        false,
                        payload));
        packets.add(MqttSocket.publish(five ? body() : null, "frames", 3, false, frame));
        packets.add(body().packet(MqttSocket.PINGREQ, 0));
        return packets;
    }

    private static byte[] joined(List<byte[]> packets) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        packets.forEach(all::writeBytes);
        return all.toByteArray();
    }

    private static void writeInPieces(MqttSocket socket, byte[] bytes, RandomGenerator random)
            throws IOException {
        for (int at = 0; at < bytes.length; ) {
            int length = Math.min(bytes.length - at, 1 + random.nextInt(MAX_PIECE_BYTES));
            byte[] piece = new byte[length];
            System.arraycopy(bytes, at, piece, 0, length);
            socket.write(piece);
            at += length;
        }
    }

    @Test
    void pieces_make_the_same_conversation() throws IOException {
        String c = conversation();
        String token = server.token(alice);
        for (long seed = 0; seed < SEEDS / 10; seed++) {
            boolean five = seed % 4 < 2;
            try (MqttSocket socket = new MqttSocket(server.mqttPort())) {
                writeInPieces(socket, joined(conversation(five, c, token, seed)), random(seed));
                int confirmed = 0;
                boolean alive = false;
                while (!alive || confirmed < 2) {
                    MqttSocket.Packet packet = socket.read();
                    alive |= packet.type() == MqttSocket.PINGRESP;
                    if (packet.type() == MqttSocket.PUBACK) {
                        assertThat(packet.reason()).as("seed %d", seed).isZero();
                        confirmed++;
                    }
                }
            }
        }
    }

    @Test
    void noise_is_answered_or_closed_and_the_server_lives() throws IOException {
        String c = conversation();
        String token = server.token(alice);
        for (long seed = 0; seed < SEEDS; seed++) {
            RandomGenerator random = random(seed);
            List<byte[]> packets = conversation(seed % 4 < 2, c, token, seed);
            // CONNECT is left whole in half of the cases, so that what follows is looked at.
            byte[] bytes = noisy(packets, random.nextBoolean() ? 1 : 0, random);
            try (MqttSocket socket = new MqttSocket(server.mqttPort())) {
                writeInPieces(socket, bytes, random);
                socket.finish();
                assertThat(socket.isEnded()).as("seed %d", seed).isTrue();
            } catch (IOException closedBefore) {
                // As it should.
            }
        }
        await().atMost(10, TimeUnit.SECONDS).until(() -> metric(server, "bocau_connections") == 0);
        TestDevice device = mqtt(MqttLink.JSON_5, bob, "phone").connect();
        long seq = device.sent(c, "still there").getSeq();
        assertThat(device.texts(c)).hasSize((int) seq);
    }

    private static byte[] noisy(List<byte[]> packets, int from, RandomGenerator random) {
        for (int i = from; i < packets.size(); i++) {
            byte[] packet = packets.get(i);
            switch (random.nextInt(5)) {
                case 0 -> packet[random.nextInt(packet.length)] = (byte) random.nextInt();
                case 1 -> packet[random.nextInt(packet.length)] ^= (byte) (1 << random.nextInt(8));
                case 2 ->
                        packets.set(
                                i, java.util.Arrays.copyOf(packet, random.nextInt(packet.length)));
                case 3 -> {
                    byte[] noise = new byte[random.nextInt(60)];
                    random.nextBytes(noise);
                    packets.set(i, noise);
                }
                default -> {}
            }
        }
        return joined(packets);
    }
}
