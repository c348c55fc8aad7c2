package dev.bocau.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.store.Store;
import dev.bocau.testing.ClusterStores;
import dev.bocau.testing.ManualTime;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The same with Cassandra and Redis below.
@org.jspecify.annotations.NullUnmarked // they are there in every test
class ClusterConvergenceTest extends ConvergenceTest {
    private static ClusterStores stores;

    @BeforeAll
    static void connect() {
        stores = new ClusterStores();
    }

    @AfterAll
    static void disconnect() {
        stores.close();
    }

    @Override
    Store openStore(ManualTime time) {
        return stores.open(limits(), time, later -> {});
    }

    @Override
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2})
    void whatever_happens_all_devices_see_the_same_in_the_end(long seed) {
        super.whatever_happens_all_devices_see_the_same_in_the_end(seed);
    }

    @Test
    void wakes_are_hints_every_second_one_may_be_lost() {
        AtomicInteger wakes = new AtomicInteger();
        house.hear(hint -> wakes.incrementAndGet() % 2 == 0);

        super.whatever_happens_all_devices_see_the_same_in_the_end(3);

        assertThat(wakes).hasValueGreaterThan(50);
    }
}
