package dev.bocau.gateway.socketio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bocau.frame.WireFormat;
import dev.bocau.testing.Cutter;
import dev.bocau.testing.ServerFixture;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Socket.IO's own Java client as it is, over each of its transports.
@org.jspecify.annotations.NullUnmarked
class SocketIoTest extends ServerFixture {
    /// Less than connecting, sending and receiving take.
    private static final int EXCHANGE_BYTES = 1_000;

    /// Fewer than in {@link dev.bocau.gateway.SocketIoContractTest}: these clients take their time
    /// to come back.
    private static final int CUTS = Integer.getInteger("bocau.clientcuts", 8);

    @BeforeAll
    static void start(@TempDir Path folder) {
        start(
                folder,
                Map.of(
                        "LIMITS_HEARTBEAT_MS", "1000",
                        "LIMITS_FRAMES_PER_SECOND", "100000",
                        "LIMITS_FRAME_BURST", "100000",
                        "LIMITS_CONNECT_TIMEOUT_MS", "2000"));
    }

    private static Map<String, String> auth(String user, String device) {
        return Map.of(
                "token", server.token(user),
                "deviceId", device,
                "deviceType", "mobile",
                "platform", "android",
                "appVersion", "2.0");
    }

    private Person person(String transports, String user, String device) {
        return person(transports, auth(user, device)).connect();
    }

    private Person person(String transports, Map<String, String> auth) {
        return kept(new Person(server.realtimePort(), transports.split("\\+"), auth));
    }

    private TestDevice device(String user, String id) {
        return kept(server.device(WireFormat.JSON, user, id)).connect();
    }

    // -------------------------------------------------------------------------------------------------- conversations

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "polling", "polling+websocket"})
    void chat_of_a_socket_io_app_goes_on_as_it_was(String transports) throws Exception {
        String c = "sio-" + transports.length();
        String ann = "ann-" + transports.length();
        String ben = "ben-" + transports.length();
        server.direct(c, ann, ben);
        Person phone = person(transports, ann, "phone");
        Person tablet = person(transports, ann, "tablet");
        Person friend = person(transports, ben, "phone");
        TestDevice laptop = device(ben, "laptop");
        for (Person each : List.of(phone, tablet, friend)) {
            each.await("connect");
            assertThat(each.await("sync_conversation_states").path("unreadCounts").path(c).asInt())
                    .isZero();
        }

        JsonNode answer = phone.send(c, "l1", "Xin chào 🕊️");

        assertThat(answer.path("status").asString()).isEqualTo("received");
        assertThat(answer.path("localId").asString()).isEqualTo("l1");
        String id = answer.path("serverId").asString();
        assertThat(phone.await("message_received").path("serverId").asString()).isEqualTo(id);
        for (Person each : List.of(tablet, friend)) {
            JsonNode message = each.await("new_message");
            assertThat(message.path("id").asString()).isEqualTo(id);
            assertThat(message.path("content").asString()).isEqualTo("Xin chào 🕊️");
            assertThat(message.path("senderId").asString()).isEqualTo(ann);
            assertThat(message.path("type").asString()).isEqualTo("text");
        }
        laptop.awaitTexts(c, "Xin chào 🕊️");
        JsonNode tick = phone.await("delivery_updates").path("updates").get(0);
        assertThat(tick.path("messageId").asString()).isEqualTo(id);
        assertThat(tick.path("status").asString()).isEqualTo("delivered");

        assertThat(
                        friend.ask(
                                        "mark_read",
                                        Map.of("conversationId", c, "messageIds", List.of(id)))
                                .path("status")
                                .asString())
                .isEqualTo("ok");

        JsonNode receipt = phone.await("read_receipts");
        assertThat(receipt.path("userId").asString()).isEqualTo(ben);
        assertThat(receipt.path("messageIds").get(0).asString()).isEqualTo(id);
        assertThat(tablet.await("message_read_receipt").path("readBy").asString()).isEqualTo(ben);
        JsonNode sync = friend.await("messages_read_sync");
        assertThat(sync.path("syncedFrom").asString()).isEqualTo("mobile");
        assertThat(sync.path("messageIds").get(0).asString()).isEqualTo(id);

        laptop.sent(c, "Chào!");
        for (Person each : List.of(phone, tablet, friend)) {
            each.await("new_message", it -> it.path("content").asString().equals("Chào!"));
        }
        laptop.awaitTick(c, 2, ann, "delivered");
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "polling"})
    void device_may_introduce_itself_by_an_event_as_well(String transports) throws Exception {
        String user = "late-" + transports;
        server.direct("c-" + user, user, "ben");
        Person person = person(transports, Map.of("token", server.token(user))).connect();
        person.await("connect");

        JsonNode connected =
                person.ask(
                        "device_connect",
                        Map.of(
                                "deviceId", "ipad",
                                "deviceType", "mobile",
                                "platform", "ios",
                                "appVersion", "1"));

        assertThat(connected.path("userId").asString()).isEqualTo(user);
        person.await("sync_conversation_states");
        assertThat(person.send("c-" + user, "l1", "hello").path("seq").asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "polling"})
    void introduction_that_was_refused_may_be_corrected(String transports) throws Exception {
        String user = "corrected-" + transports;
        Person person = person(transports, Map.of("token", server.token(user))).connect();
        person.await("connect");
        Map<String, String> device =
                Map.of("deviceType", "mobile", "platform", "ios", "appVersion", "1");

        assertThat(person.ask("device_connect", device).path("code").asInt()).isEqualTo(4003);

        Map<String, String> complete = new HashMap<>(device);
        complete.put("deviceId", "ipad");
        assertThat(person.ask("device_connect", complete).path("userId").asString())
                .isEqualTo(user);
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "polling"})
    void what_was_missed_comes_when_the_client_is_back_and_nothing_comes_again(String transports)
            throws Exception {
        String c = "missed-" + transports;
        server.direct(c, "m-a-" + transports, "m-b-" + transports);
        TestDevice sender = device("m-a-" + transports, "phone");
        Person person = person(transports, "m-b-" + transports, "phone");
        person.await("sync_conversation_states");
        sender.sent(c, "one");
        person.await("new_message");
        sender.awaitTick(c, 1, "m-b-" + transports, "delivered");
        person.socket.disconnect();
        sender.sent(c, "two");
        sender.sent(c, "three");
        person.forget();

        person.connect();

        JsonNode missed = person.await("sync_missed_messages");
        assertThat(missed.path("messages").findValuesAsString("content"))
                .containsExactly("two", "three");
        assertThat(missed.path("totalCount").asInt()).isEqualTo(2);
        sender.awaitTick(c, 3, "m-b-" + transports, "delivered");
        assertThat(person.events("new_message")).isEmpty();
    }

    @Test
    void many_messages_come_in_order_and_the_window_moves_with_the_pongs() throws Exception {
        server.direct("many", "many-a", "many-b");
        TestDevice sender = device("many-a", "phone");
        Person websocket = person("websocket", "many-b", "one");
        Person polling = person("polling", "many-b", "two");
        websocket.await("sync_conversation_states");
        polling.await("sync_conversation_states");
        int count = 1_500;
        for (int i = 1; i <= count; i++) {
            sender.send("many", "m" + i);
            if (i % 100 == 0) {
                sender.await("✓", () -> sender.waiting() == 0);
            }
        }
        for (Person each : List.of(websocket, polling)) {
            List<Integer> seqs = new ArrayList<>();
            await().until(() -> seqs(each).size() == count);
            seqs.addAll(seqs(each));
            assertThat(seqs).isSorted().doesNotHaveDuplicates();
        }
    }

    /// Of all messages, live or caught up with.
    private static List<Integer> seqs(Person person) {
        List<Integer> seqs = new ArrayList<>();
        for (String name : List.of("new_message", "sync_missed_messages")) {
            for (Person.Event event : person.events(name)) {
                event.payload().findValues("seq").forEach(seq -> seqs.add(seq.asInt()));
            }
        }
        seqs.sort(null);
        return seqs;
    }

    /// As often as it is cut off, the client comes back by itself; what was not answered is sent
    /// again.
    @ParameterizedTest
    @CsvSource({
        "websocket, TO_SERVER",
        "websocket, TO_CLIENT",
        "polling, TO_SERVER",
        "polling, TO_CLIENT",
        "polling+websocket, TO_SERVER",
    })
    void cut_anywhere_leaves_no_trace(String transports, Cutter.Way way) throws Exception {
        String c = "cut-" + transports + "-" + way;
        c = c.replace('+', '-');
        server.direct(c, c + "-a", c + "-b");
        TestDevice friend = device(c + "-b", "phone");
        try (Cutter network = new Cutter(server.realtimePort())) {
            Person person =
                    kept(
                            new Person(
                                    network.port(),
                                    transports.split("\\+"),
                                    auth(c + "-a", "phone")));
            person.connect().await("sync_conversation_states");
            List<String> said = new ArrayList<>();
            for (int at = 0; at < EXCHANGE_BYTES; at += EXCHANGE_BYTES / CUTS) {
                network.cutAfter(way, at);
                String hello = "hello " + at;
                said.add(hello);
                persist(person, c, hello);
                friend.awaitTexts(c, said.toArray(String[]::new));
                said.add("answer " + at);
                friend.sent(c, said.getLast());
                person.awaitContent("answer " + at);
                network.cutNever();
            }
            friend.awaitTexts(c, said.toArray(String[]::new));
        }
    }

    private static void persist(Person person, String c, String localId) {
        Map<String, String> message =
                Map.of(
                        "localId",
                        localId.replace(' ', '-'),
                        "conversationId",
                        c,
                        "content",
                        localId,
                        "type",
                        "text");
        await().pollInterval(Duration.ofMillis(300))
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    if (person.knows("message_received", message.get("localId"))) {
                        return true;
                    }
                    person.emit("send_message", message);
                    return false;
                });
    }

    @Test
    void message_sent_again_is_the_same_message_and_other_content_is_refused() throws Exception {
        server.direct("again", "again-a", "again-b");
        Person person = person("websocket", "again-a", "phone");
        TestDevice friend = device("again-b", "phone");
        person.await("connect");
        String id = person.send("again", "l1", "once").path("serverId").asString();

        assertThat(person.send("again", "l1", "once").path("serverId").asString()).isEqualTo(id);
        assertThat(person.send("again", "l1", "other").path("code").asInt()).isEqualTo(4006);
        person.send("again", "l2", "twice");
        friend.awaitTexts("again", "once", "twice");
    }

    @Test
    void server_that_goes_down_lets_its_clients_come_again(@TempDir Path folder) {
        TestServer first = new TestServer(folder, Map.of());
        Map<String, String> auth =
                Map.of(
                        "token", first.token("down"),
                        "deviceId", "phone",
                        "deviceType", "web",
                        "platform", "web");
        Person person = kept(new Person(first.realtimePort(), new String[] {"websocket"}, auth));
        person.connect().await("sync_conversation_states");

        first.close();

        assertThat(person.await("error").path("code").asInt()).isEqualTo(4400);
        assertThat(person.await("disconnect").asString()).isNotEqualTo("io server disconnect");
        assertThat(person.socket.isActive()).isTrue();
    }

    @Test
    void refusals_come_to_the_callback_and_as_events() throws Exception {
        Person person = person("websocket", "refused", "phone");
        person.await("connect");

        JsonNode refused = person.send("elsewhere", "l1", "hello");

        assertThat(refused.path("code").asInt()).isEqualTo(4030);
        assertThat(person.await("error").path("localId").asString()).isEqualTo("l1");
        person.emit("wave", Map.of());
        person.await("error", error -> error.path("code").asInt() == 4001);
        person.emit("ack", Map.of("position", "AAAA"));
        person.emit("mark_read", Map.of("conversationId", "elsewhere", "seq", 1));
        person.await("error", error -> error.path("frame").asString().equals("mark_read"));
    }

    @Test
    void what_has_arrived_is_acknowledged_also_by_a_client_that_says_too_much(@TempDir Path folder)
            throws Exception {
        Map<String, String> strict =
                Map.of("LIMITS_FRAMES_PER_SECOND", "1", "LIMITS_FRAME_BURST", "10");
        try (TestServer other = new TestServer(folder, strict)) {
            other.direct("loud", "loud-a", "loud-b");
            Map<String, String> auth =
                    Map.of(
                            "token", other.token("loud-a"),
                            "deviceId", "phone",
                            "deviceType", "web",
                            "platform", "web");
            Person person =
                    kept(new Person(other.realtimePort(), new String[] {"websocket"}, auth));
            person.connect().await("sync_conversation_states");
            TestDevice friend = kept(other.device(WireFormat.JSON, "loud-b", "phone")).connect();
            for (int i = 0; i < 20; i++) {
                person.emit("device_state", Map.of("active", i % 2 == 1));
            }
            person.await("error", error -> error.path("code").asInt() == 4301);

            friend.sent("loud", "psst");

            friend.awaitTick("loud", 1, "loud-a", "delivered");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "polling"})
    void without_a_good_token_nobody_gets_in(String transports) {
        Person person =
                person(
                                transports,
                                Map.of(
                                        "token", "nonsense",
                                        "deviceId", "x",
                                        "deviceType", "web",
                                        "platform", "web"))
                        .connect();

        JsonNode denied = person.await("connect_error");
        assertThat(denied.path("data").path("code").asInt()).isEqualTo(4100);
        assertThat(person.events("connect")).isEmpty();
    }

    @Test
    void replaced_device_is_told_and_does_not_come_again() {
        Person first = person("polling", "twice", "phone");
        first.await("sync_conversation_states");
        Person second = person("websocket", "twice", "phone");
        second.await("connect");

        assertThat(first.await("error").path("code").asInt()).isEqualTo(4500);
        assertThat(first.await("disconnect").asString()).isEqualTo("io server disconnect");
        assertThat(first.events("connect")).hasSize(1);
        assertThat(second.socket.connected()).isTrue();
    }

    @Test
    void quiet_client_lives_by_its_pongs() {
        Person websocket = person("websocket", "quiet-1", "phone");
        Person polling = person("polling", "quiet-2", "phone");
        websocket.await("sync_conversation_states");
        polling.await("sync_conversation_states");
        long until = System.nanoTime() + 4_000_000_000L;

        await().until(() -> System.nanoTime() > until);

        for (Person each : List.of(websocket, polling)) {
            assertThat(each.events("disconnect")).isEmpty();
            assertThat(each.events("connect")).hasSize(1);
        }
    }
}
