package dev.bocau.gateway.longpoll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.frame.WireFormat;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.Ping;
import dev.bocau.testing.PollLink;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Bodies that no client would send.
class BatchTest {
    @Test
    void noise_is_cut_into_frames_or_nothing() {
        ClientFrame ping =
                ClientFrame.newBuilder().setPing(Ping.newBuilder().setTimestamp(1)).build();
        for (WireFormat format : WireFormat.values()) {
            byte[] good = PollLink.body(format, ping, ping, ping);
            for (int seed = 0; seed < 20_000; seed++) {
                Random random = new Random(seed);
                byte[] noisy = Arrays.copyOf(good, random.nextInt(good.length + 1));
                for (int flips = random.nextInt(4); flips > 0 && noisy.length > 0; flips--) {
                    noisy[random.nextInt(noisy.length)] = (byte) random.nextInt();
                }
                Batch batch = new Batch(format, noisy);
                int bytes = 0;
                int frames = 0;
                for (var next = batch.next(); next.isPresent(); next = batch.next()) {
                    bytes += next.get().length;
                    frames++;
                    var _ = format.read(next.get());
                }
                assertThat(bytes).as("seed %d", seed).isLessThanOrEqualTo(noisy.length);
                assertThat(frames).as("seed %d", seed).isLessThanOrEqualTo(noisy.length);
            }
        }
    }
}
