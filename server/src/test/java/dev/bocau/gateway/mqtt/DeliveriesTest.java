package dev.bocau.gateway.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeliveriesTest {
    private static final int NOTHING = -1;

    private static byte[] position(int number) {
        return new byte[] {(byte) number};
    }

    private static int reached(Deliveries deliveries) {
        return deliveries.takeAcknowledged().map(position -> (int) position[0]).orElse(NOTHING);
    }

    @Test
    void device_stands_at_the_end_of_what_it_has_acknowledged_without_a_gap() {
        Deliveries deliveries = new Deliveries(7);
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.add(deliveries.add(position(i)));
        }
        assertThat(ids).containsExactly(8, 9, 10, 11, 12);

        assertThat(deliveries.acknowledge(9)).isTrue();
        assertThat(reached(deliveries)).isEqualTo(NOTHING);
        assertThat(deliveries.acknowledge(8)).isTrue();
        assertThat(reached(deliveries)).isEqualTo(1);
        assertThat(reached(deliveries)).isEqualTo(NOTHING);

        assertThat(deliveries.acknowledge(8)).as("twice").isFalse();
        assertThat(deliveries.acknowledge(13)).as("never sent").isFalse();
        assertThat(deliveries.acknowledge(11)).isTrue();
        assertThat(deliveries.acknowledge(11)).as("twice, and still waiting").isFalse();
        assertThat(deliveries.acknowledge(12)).isTrue();
        assertThat(reached(deliveries)).isEqualTo(NOTHING);
        assertThat(deliveries.acknowledge(10)).isTrue();
        assertThat(reached(deliveries)).isEqualTo(4);
    }

    @Test
    void packet_ids_go_round_without_0_and_without_those_that_are_out() {
        Deliveries deliveries = new Deliveries(0xffff_fffd);
        assertThat(deliveries.add(position(0))).isEqualTo(0xfffe);
        assertThat(deliveries.add(position(1))).isEqualTo(0xffff);
        assertThat(deliveries.add(position(2))).isEqualTo(1);
        for (int id = 2; id < 0xfffe; id++) {
            assertThat(deliveries.add(position(3))).isEqualTo(id);
            deliveries.acknowledge(id);
        }
        deliveries.acknowledge(0xffff);
        deliveries.acknowledge(0xfffe);
        assertThat(reached(deliveries)).isEqualTo(1);
        deliveries.add(position(4));
        assertThat(deliveries.add(position(5))).isEqualTo(0xffff);
        deliveries.acknowledge(0xfffe);
        assertThat(reached(deliveries)).as("1 is still out").isEqualTo(NOTHING);
    }
}
