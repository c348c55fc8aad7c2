package dev.bocau.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bocau.model.Appended;
import dev.bocau.model.Commit;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every {@link Bus} does when nothing goes wrong; what it may lose is tried by the sessions'
/// tests.
@org.jspecify.annotations.NullUnmarked // the bus is there in every test
public abstract class BusContract {
    private static final UserId ALICE = new UserId("alice");

    private final List<Hint> heard = new CopyOnWriteArrayList<>();
    private Bus bus;

    /// A bus of one node.
    protected abstract Bus open();

    @BeforeEach
    void listen() {
        bus = open();
        bus.listen(heard::add);
    }

    @AfterEach
    void close() {
        bus.close();
    }

    private static Hint grown(long offset) {
        return new Hint.Grown(
                new Commit(1, offset),
                List.of(new Appended(ALICE, Track.CHANGES, offset - 1, offset, null)));
    }

    @Test
    void what_is_told_of_a_subscribed_user_is_heard() {
        bus.subscribe(ALICE);
        List<Hint> hints =
                List.of(
                        grown(1),
                        new Hint.Connected(ALICE, new DeviceId("phone"), 1),
                        new Hint.SignedOut(ALICE, new DeviceId("phone")));

        hints.forEach(bus::tell);

        await().until(() -> heard.containsAll(hints));
    }

    @Test
    void hints_of_one_teller_are_heard_one_at_a_time() {
        bus.subscribe(ALICE);
        List<Hint> hints = IntStream.rangeClosed(1, 500).mapToObj(BusContract::grown).toList();

        hints.forEach(bus::tell);

        await().until(() -> heard.size() >= hints.size());
        assertThat(heard).containsAll(hints);
    }

    @Test
    void user_subscribed_twice_is_heard_until_unsubscribed_twice() {
        bus.subscribe(ALICE);
        bus.subscribe(ALICE);
        bus.unsubscribe(ALICE);

        bus.tell(grown(1));

        await().until(() -> !heard.isEmpty());
    }

    @Test
    void closed_bus_is_silent() {
        bus.subscribe(ALICE);
        bus.close();

        bus.tell(grown(1));

        assertThat(heard).isEmpty();
    }
}
