package dev.bocau.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestHouse;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The clock is set while devices are connected, or the machine slept.
class ClockTest extends SessionFixture {
    private static final long AN_HOUR_MS = 3_600_000;

    @Override
    Limits limits() {
        return PATIENT.with("connectsPerSecond", 1);
    }

    /// All were taken for silent, and closed in one moment.
    @Test
    void nobody_is_taken_for_silent_when_it_is_set_forward() {
        TestHouse.SlowConnection socket = house.slowConnection();
        TestDevice bob = socket.device("bob", "android").connect();
        settle(bob);

        house.time.setClock(AN_HOUR_MS);
        house.time.advance(limits().heartbeatMs() / 2);

        settle(bob);
        assertThat(bob.ended()).isFalse();
        assertThat(socket.pings()).isZero();
    }

    /// For so long nobody was.
    @Test
    void the_silent_are_found_when_it_was_set_back() {
        TestDevice bob = house.slowConnection().device("bob", "android").connect();
        settle(bob);

        house.time.setClock(-AN_HOUR_MS);
        house.time.advance(limits().heartbeatMs());
        house.time.advance(limits().heartbeatMs());

        assertThat(bob.awaitClosed()).isEqualTo(Code.HEARTBEAT_TIMEOUT.number());
    }

    /// They were told to stay away for the longest time there is.
    @Test
    void a_crowd_is_not_kept_waiting_when_it_was_set_back() {
        device("alice", "phone").connect();
        TestDevice turned = device("bob", "phone").begin(Optional.empty());
        turned.awaitClosed();

        house.time.setClock(-AN_HOUR_MS);
        house.time.advance(2_000);

        device("alice", "tablet").connect();
        TestDevice again = device("bob", "phone").begin(Optional.empty());
        again.awaitClosed();
        int code = Code.TOO_MANY_CONNECTIONS.number();
        assertThat(again.awaitError(code).getError().getRetryAfterMs()).isLessThan(10_000);
    }
}
