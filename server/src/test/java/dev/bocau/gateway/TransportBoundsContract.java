package dev.bocau.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bocau.frame.TestFrames;
import dev.bocau.model.Code;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.protocol.ServerFrame.BodyCase;
import dev.bocau.testing.Link;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestServer;
import dev.bocau.testing.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What is promised over every transport where somebody is slow, silent, loud, gone or not allowed:
/// the same bounds, and the same codes in the last error and at the end.
public abstract class TransportBoundsContract extends TransportFixture {
    private static final ClientFrame PING =
            TestFrames.clientFrame("{\"type\":\"ping\",\"timestamp\":1}");

    /// Costs the server next to nothing, and is not answered.
    private static final ClientFrame ACTIVE =
            TestFrames.clientFrame("{\"type\":\"device_state\",\"active\":true}");

    private static final Map<String, String> STRICT =
            Map.of(
                    "LIMITS_FRAMES_PER_SECOND", "50",
                    "LIMITS_FRAME_BURST", "60",
                    "LIMITS_FAULTS_PER_MINUTE", "30",
                    "LIMITS_FLOOD_PER_MINUTE", "200");

    protected TransportBoundsContract(Transport transport) {
        super(transport);
    }

    // ----------------------------------------------------------------------------------------------- who is let in

    @Test
    void without_a_good_token_nobody_gets_in() {
        conversation();
        for (String bad : List.of("", "nonsense", "a.b.c")) {
            TestDevice stranger = device(alice, "phone", transport.to(server), () -> bad);
            stranger.begin(Optional.empty());
            isTurnedAway(stranger, Code.TOKEN_INVALID);
        }
    }

    /// Somebody is not let in, and is told why and, where that passes, when to come again.
    protected void isTurnedAway(TestDevice device, Code code) {
        ServerFrame error = device.awaitError(code.number());
        if (code.action() == Code.Action.RECONNECT) {
            assertThat(error.getError().getRetryAfterMs()).isPositive();
        }
        assertThat(device.awaitClosed()).isEqualTo(code.number());
    }

    @Test
    void token_that_is_not_renewed_is_asked_for_and_then_ends_the_session() throws Exception {
        conversation();
        try (TestServer hasty = small(Map.of("LIMITS_TOKEN_GRACE_MS", "300"))) {
            String token = hasty.token(alice, "{\"validForSeconds\":2}");
            TestDevice device = device(alice, "phone", transport.to(hasty), () -> token).connect();

            device.awaitError(Code.TOKEN_EXPIRED.number());
            assertThat(device.awaitClosed()).isEqualTo(Code.TOKEN_EXPIRED.number());
        }
    }

    @Test
    void device_that_connects_again_replaces_its_older_session() {
        String c = conversation();
        TestDevice older = device(alice, "phone").connect();

        TestDevice newer = device(alice, "phone").connect();

        assertThat(older.awaitClosed()).isEqualTo(Code.REPLACED.number());
        older.awaitError(Code.REPLACED.number());
        newer.sent(c, "still here");
    }

    @Test
    void signed_out_device_is_closed_and_its_token_refused() {
        conversation();
        String token = server.token(alice);
        TestDevice device = device(alice, "stolen", transport.to(server), () -> token).connect();

        assertThat(
                        server.ask("DELETE", "/v1/users/" + alice + "/devices/stolen", token, "")
                                .status())
                .isEqualTo(204);

        assertThat(device.awaitClosed()).isEqualTo(Code.SIGNED_OUT.number());
        device.begin(device.position());
        assertThat(device.awaitClosed()).isEqualTo(Code.SIGNED_OUT.number());
    }

    @Test
    void more_connections_than_allowed_are_asked_to_come_back_later() throws Exception {
        try (TestServer small = small(Map.of("LIMITS_CONNECTIONS", "2"))) {
            TestDevice one = kept(transport.device(small, "a", "1")).connect();
            TestDevice two = kept(transport.device(small, "a", "2")).connect();
            TestDevice three = kept(transport.device(small, "a", "3")).begin(Optional.empty());

            isTurnedAway(three, Code.TOO_MANY_CONNECTIONS);
            one.disconnect();
            await().until(() -> metric(small, "bocau_connections") == 1);
            three.connect(Optional.empty());
            two.disconnect();
            three.disconnect();
        }
    }

    @Test
    void more_devices_at_once_than_are_let_in_are_asked_to_come_back_later() throws Exception {
        try (TestServer small = small(Map.of("LIMITS_CONNECTS_PER_SECOND", "1"))) {
            TestDevice one = kept(transport.device(small, "a", "1")).connect();
            TestDevice two = kept(transport.device(small, "a", "2"));
            // The first one's second may be over.
            await().until(() -> {
                two.begin(Optional.empty());
                two.await("an answer", () -> two.connected() || two.ended());
                return two.ended();
            });

            isTurnedAway(two, Code.TOO_MANY_CONNECTIONS);
            one.disconnect();
            two.disconnect();
        }
    }

    // ------------------------------------------------------------------------- silence and the end

    @Test
    protected void connection_on_which_nothing_is_said_is_closed() throws Exception {
        try (TestServer hasty = small(Map.of("LIMITS_CONNECT_TIMEOUT_MS", "300"))) {
            TestDevice silent = kept(transport.device(hasty, "a", "silent")).open();

            assertThat(silent.awaitClosed()).isEqualTo(silenceCode());
        }
    }

    /// What is told on a connection on which nothing was said.
    protected int silenceCode() {
        return Code.CONNECT_TIMEOUT.number();
    }

    @Test
    void idle_connection_lives_by_its_answers_to_pings() throws Exception {
        try (TestServer hasty = small(Map.of("LIMITS_HEARTBEAT_MS", "500"))) {
            String c = conversation(hasty);
            TestDevice idle = kept(transport.device(hasty, alice, "idle")).connect();
            TestDevice clock = kept(transport.device(hasty, bob, "clock")).connect();
            long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2_500);

            await().atMost(30, TimeUnit.SECONDS).until(() -> System.nanoTime() > until);

            assertThat(idle.connected()).isTrue();
            clock.sent(c, "awake?");
            idle.awaitTexts(c, "awake?");
        }
    }

    @Test
    void server_that_goes_down_says_so() throws Exception {
        TestServer first = small(Map.of());
        String c = conversation(first);
        TestDevice sender = kept(transport.device(first, alice, "phone")).connect();
        TestDevice receiver = kept(transport.device(first, bob, "phone")).connect();
        sender.sent(c, "one");
        receiver.awaitTexts(c, "one");

        first.close();

        for (TestDevice each : List.of(sender, receiver)) {
            ServerFrame error = each.awaitError(Code.SHUTTING_DOWN.number());
            assertThat(error.getError().getRetryAfterMs()).isPositive();
            assertThat(each.awaitClosed()).isEqualTo(Code.SHUTTING_DOWN.number());
        }
    }

    // -------------------------------------------------------------------------------------------------- slow and loud

    @Test
    void device_that_does_not_acknowledge_is_sent_a_window_and_the_rest_when_it_does()
            throws Exception {
        try (TestServer small = small(Map.of("LIMITS_WINDOW", "10"))) {
            String c = conversation(small);
            TestDevice sender = kept(transport.device(small, alice, "phone")).connect();
            TestDevice lazy = kept(transport.device(small, bob, "lazy")).connect();
            TestDevice eager = kept(transport.device(small, bob, "eager")).connect();
            lazy.acknowledging(false);
            String[] all = numbered(30);
            for (String each : all) {
                sender.sent(c, each);
            }
            eager.awaitTexts(c, all);
            assertThat(lazy.frames(BodyCase.NEW_MESSAGE)).hasSizeLessThanOrEqualTo(10);
            lazy.await("a full window", () -> lazy.newest(c) >= 9);

            lazy.acknowledging(true);
            lazy.acknowledge(lazy.position().orElseThrow());

            lazy.awaitTexts(c, all);
        }
    }

    private static String[] numbered(int count) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add("m" + i);
        }
        return all.toArray(String[]::new);
    }

    @Test
    void reader_that_stops_is_waited_for_and_nobody_else_notices() {
        String c = conversation();
        CountDownLatch gate = new CountDownLatch(1);
        TestDevice sender = device(alice, "phone").connect();
        TestDevice others = device(bob, "others").connect();
        TestDevice slow = device(bob, "slow", gated(gate));
        slow.begin(Optional.empty());
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            all.add("x".repeat(8_000) + i);
            sender.sent(c, all.getLast());
        }
        others.await("all", () -> others.newest(c) == all.size());

        gate.countDown();

        slow.awaitTexts(c, all.subList(slowFirst(slow, c), all.size()).toArray(String[]::new));
    }

    /// A snapshot holds only the newest messages of a conversation.
    private static int slowFirst(TestDevice device, String c) {
        device.await("the newest", () -> device.newest(c) == 60);
        return Math.toIntExact(device.view(c).messages().keySet().iterator().next() - 1);
    }

    /// A way over which nothing is read until the gate is open.
    private Link.Opener gated(CountDownLatch gate) {
        return gated(transport.to(server), gate);
    }

    private static Link.Opener gated(Link.Opener way, CountDownLatch gate) {
        return listener ->
                way.open(
                        new Link.Listener() {
                            @Override
                            public void frame(ServerFrame frame) {
                                try {
                                    gate.await();
                                } catch (InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                }
                                listener.frame(frame);
                            }

                            @Override
                            public void closed(int code) {
                                listener.closed(code);
                            }
                        });
    }

    @Test
    void answers_that_are_not_read_end_the_connection() throws Exception {
        Map<String, String> tight =
                Map.of(
                        "LIMITS_OUTBOUND_MAX_BYTES", "65536",
                        "LIMITS_OUTBOUND_BYTES", "4096",
                        "LIMITS_FRAMES_PER_SECOND", "1000000",
                        "LIMITS_FRAME_BURST", "1000000",
                        "LIMITS_FAULTS_PER_MINUTE", "1000000");
        // Its refusal repeats the names, and so fills what lies between sooner than pongs would.
        ClientFrame refused =
                TestFrames.clientFrame(
                        "{\"type\":\"send_message\",\"localId\":\"%s\",\"conversationId\":\"%s\",\"kind\":\"text\"}"
                                .formatted("l".repeat(128), "c".repeat(128)));
        CountDownLatch gate = new CountDownLatch(1);
        try (TestServer small = small(tight)) {
            String token = small.token("a");
            TestDevice deaf = device("a", "deaf", gated(transport.to(small), gate), () -> token);
            deaf.begin(Optional.empty());
            await().until(() -> metric(small, "bocau_connections") == 1);
            for (int i = 0; i < 200 && metric(small, "bocau_connections") > 0; i++) {
                for (int each = 0; each < 1_000; each++) {
                    deaf.say(refused.toBuilder());
                }
            }

            assertThat(metric(small, "bocau_connections")).isZero();
        } finally {
            gate.countDown();
        }
    }

    @Test
    protected void flood_is_refused_with_a_time_and_then_ended_and_nobody_else_is_affected()
            throws Exception {
        try (TestServer strict = small(STRICT)) {
            String c = conversation(strict);
            TestDevice bystander = kept(transport.device(strict, bob, "phone")).connect();
            TestDevice flooder = kept(transport.device(strict, alice, "bot")).connect();
            for (int i = 0; i < 1_000 && !flooder.ended(); i++) {
                flooder.say(ACTIVE.toBuilder());
            }

            ServerFrame error = flooder.awaitError(Code.RATE_LIMITED.number());
            assertThat(error.getError().getRetryAfterMs()).isPositive();
            assertThat(flooder.awaitClosed()).isEqualTo(Code.TOO_MANY_FAULTS.number());
            TestDevice sender = kept(transport.device(strict, alice, "phone")).connect();
            sender.sent(c, "still here");
            bystander.awaitTexts(c, "still here");
        }
    }

    @Test
    protected void client_whose_every_frame_is_refused_is_ended() throws Exception {
        try (TestServer strict = small(STRICT)) {
            TestDevice fool = kept(transport.device(strict, "a", "fool")).open();
            for (int i = 0; i < 40; i++) {
                fool.say(PING.toBuilder());
            }

            assertThat(fool.awaitClosed()).isEqualTo(Code.TOO_MANY_FAULTS.number());
        }
    }

    // ------------------------------------------------------------------------------------------------------- counting

    @Test
    void connections_frames_and_closes_are_counted_for_the_transport() throws Exception {
        String here = "{transport=\"%s\"}".formatted(transport.tag());
        String closes = "bocau_closes_total{code=\"%d\",transport=\"" + transport.tag() + "\"}";
        try (TestServer small = small(Map.of())) {
            String c = conversation(small);
            TestDevice older = kept(transport.device(small, alice, "phone")).connect();
            TestDevice newer = kept(transport.device(small, alice, "phone")).connect();
            assertThat(older.awaitClosed()).isEqualTo(Code.REPLACED.number());

            newer.sent(c, "hello");

            await().until(() -> metric(small, "bocau_connections" + here) == 1);
            assertThat(metric(small, closes.formatted(Code.REPLACED.number()))).isEqualTo(1);
            // Two have introduced themselves, one has sent; each was answered, and one told why.
            assertThat(metric(small, "bocau_frames_in_total" + here)).isGreaterThanOrEqualTo(3);
            assertThat(metric(small, "bocau_frames_out_total" + here)).isGreaterThanOrEqualTo(4);
            newer.disconnect();
            await().until(() -> metric(small, "bocau_connections") == 0);
            assertThat(metric(small, closes.formatted(0))).isEqualTo(1);
            assertThat(metric(small, "bocau_frames_in_total"))
                    .isEqualTo(metric(small, "bocau_frames_in_total" + here));
        }
    }
}
