package dev.bocau.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.testing.TestDevice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// More devices come at once than are let in.
class CrowdTest extends SessionFixture {
    private static final int PER_SECOND = 10;
    private static final int CROWD = 45;

    @Override
    Limits limits() {
        return PATIENT.with("connectsPerSecond", PER_SECOND);
    }

    private record Turned(TestDevice device, long untilMs) {}

    @Test
    void each_is_told_a_time_at_which_it_is_let_in_and_none_waits_longer_than_it_has_to() {
        house.time.advance(1_000);
        List<TestDevice> crowd = new ArrayList<>();
        List<Turned> turned = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            TestDevice device = device("user-" + i, "phone").begin(Optional.empty());
            device.await("an answer", () -> device.connected() || device.ended());
            crowd.add(device);
            if (device.ended()) {
                turned.add(new Turned(device, house.time.millis() + told(device)));
            }
        }
        assertThat(turned).hasSize(CROWD - PER_SECOND);

        turned.sort(Comparator.comparingLong(Turned::untilMs));
        long began = house.time.millis();
        for (Turned each : turned) {
            house.time.advance(each.untilMs - house.time.millis());
            each.device.connect();
        }

        assertThat(crowd).allMatch(TestDevice::connected);
        assertThat(house.time.millis() - began)
                .isLessThanOrEqualTo(1_000 + 1_000L * turned.size() / PER_SECOND);
    }

    private static long told(TestDevice device) {
        int code = Code.TOO_MANY_CONNECTIONS.number();
        assertThat(device.awaitClosed()).isEqualTo(code);
        return device.awaitError(code).getError().getRetryAfterMs();
    }

    @Test
    void strangers_take_nobodys_turn() {
        house.time.advance(1_000);
        for (int i = 0; i < 3 * PER_SECOND; i++) {
            TestDevice stranger = device("alice", "phone-" + i).open();
            stranger.say(
                    ClientFrame.newBuilder()
                            .setDeviceConnect(stranger.deviceConnect().setToken("no token")));
            assertThat(stranger.awaitClosed()).isEqualTo(Code.TOKEN_INVALID.number());
        }

        assertThat(device("alice", "phone").connect().connected()).isTrue();
    }
}
