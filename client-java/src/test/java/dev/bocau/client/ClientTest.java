package dev.bocau.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.protocol.Conversation;
import dev.bocau.protocol.Device;
import dev.bocau.protocol.DeviceType;
import dev.bocau.protocol.Error;
import dev.bocau.protocol.Message;
import dev.bocau.protocol.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The client against the real server.
@NullUnmarked
@Timeout(120)
class ClientTest {
    private static RealServer server;
    private static int people;

    private final List<Client> clients = new ArrayList<>();
    private final String alice = "alice-" + ++people;
    private final String bob = "bob-" + people;
    private final String c = "c-" + people;

    @BeforeAll
    static void startServer(@TempDir Path folder) {
        server = new RealServer(folder, Map.of());
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @AfterEach
    void closeClients() {
        clients.forEach(Client::close);
    }

    /// What a client has told.
    private static final class Heard implements Listener {
        final List<String> arrived = new CopyOnWriteArrayList<>();
        final List<State.Name> states = new CopyOnWriteArrayList<>();
        final List<Integer> refused = new CopyOnWriteArrayList<>();
        final List<Throwable> failures = new CopyOnWriteArrayList<>();

        @Override
        public void arrived(Message message) {
            arrived.add(message.getContent());
        }

        @Override
        public void state(State state) {
            states.add(state.name());
        }

        @Override
        public void refused(Error error) {
            refused.add(error.getCode());
        }

        @Override
        public void failed(Throwable failure) {
            failures.add(failure);
        }
    }

    private static Device device(String id) {
        return Device.newBuilder()
                .setId(id)
                .setType(DeviceType.DEVICE_TYPE_MOBILE)
                .setPlatform(Platform.PLATFORM_ANDROID)
                .setAppVersion("1.0")
                .build();
    }

    private Client client(String user, String id, Store store, Listener listener) {
        return client(user, id, store, listener, () -> server.token(user));
    }

    private Client client(
            String user, String id, Store store, Listener listener, Callable<String> token) {
        Address address = Address.plain("127.0.0.1", server.tcpPort);
        Client client = new Client(address, user, device(id), token, store);
        client.listen(listener);
        clients.add(client);
        return client;
    }

    private Client online(String user, String id) {
        return online(client(user, id, new MemoryStore(), new Heard()));
    }

    private static Client online(Client client) {
        client.start();
        await().until(() -> client.state().name() == State.Name.ONLINE);
        return client;
    }

    private static ConditionFactory await() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20));
    }

    private static List<String> texts(Client client, String conversation) {
        return client.messages(conversation, 1_000).stream()
                .map(shown -> shown.message().getContent())
                .toList();
    }

    private static void awaitTexts(Client client, String conversation, String... expected) {
        await().untilAsserted(
                        () -> assertThat(texts(client, conversation)).containsExactly(expected));
    }

    private static Tick tick(Client client, String conversation) {
        List<ShownMessage> all = client.messages(conversation, 1_000);
        return all.get(all.size() - 1).tick();
    }

    @Test
    void message_goes_from_sending_to_read() {
        server.direct(c, alice, bob);
        Client phone = client(alice, "phone", new MemoryStore(), new Heard());
        phone.send(c, "Xin chào");
        assertThat(tick(phone, c)).isEqualTo(Tick.SENDING);
        online(phone);
        Heard heard = new Heard();
        Client friend = online(client(bob, "phone", new MemoryStore(), heard));
        Client tablet = online(alice, "tablet");

        awaitTexts(friend, c, "Xin chào");
        awaitTexts(tablet, c, "Xin chào");
        await().until(() -> tick(phone, c) == Tick.DELIVERED);
        assertThat(friend.unread(c)).isEqualTo(1);
        friend.markRead(c, 1);
        assertThat(friend.unread(c)).isZero();
        await().until(() -> tick(phone, c) == Tick.READ && tick(tablet, c) == Tick.READ);
        phone.send(c, "live");
        await().until(() -> heard.arrived.contains("live"));
        assertThat(texts(phone, c)).containsExactly("Xin chào", "live");
        assertThat(friend.unread(c)).isEqualTo(1);
        assertThat(phone.unread(c)).isZero();
        assertThat(heard.failures).isEmpty();
    }

    @Test
    void what_was_written_offline_is_sent_in_order_and_once() {
        server.direct(c, alice, bob);
        Store store = new MemoryStore();
        Client first = client(alice, "phone", store, new Heard());
        String[] all = new String[40];
        for (int i = 0; i < all.length; i++) {
            all[i] = "m" + i;
            first.send(c, all[i]);
        }
        first.close();
        // Another process, the same store.
        Client phone = online(client(alice, "phone", store, new Heard()));
        Client friend = online(bob, "phone");

        awaitTexts(friend, c, all);
        await().until(() -> tick(phone, c) == Tick.DELIVERED);
        assertThat(texts(phone, c)).containsExactly(all);
    }

    @Test
    void edits_and_recalls_are_shown_at_once_and_follow_on_other_devices() {
        server.direct(c, alice, bob);
        Client phone = online(alice, "phone");
        Client friend = online(bob, "phone");
        phone.send(c, "helo");
        phone.send(c, "oops");
        awaitTexts(friend, c, "helo", "oops");
        await().until(() -> tick(phone, c) == Tick.DELIVERED);
        List<ShownMessage> own = phone.messages(c, 10);
        phone.stop();

        phone.edit(c, own.get(0).message().getId(), "hello");
        phone.recall(c, own.get(1).message().getId());
        assertThat(texts(phone, c)).containsExactly("hello", "");
        assertThat(texts(friend, c)).containsExactly("helo", "oops");
        online(phone);

        awaitTexts(friend, c, "hello", "");
        awaitTexts(phone, c, "hello", "");
    }

    @Test
    void what_the_server_refuses_waits_for_the_user() {
        server.direct(c, alice, bob);
        Client phone = online(alice, "phone");
        await().until(() -> !phone.conversations().isEmpty());
        String tooLong = phone.send(c, "é".repeat(5_000));
        phone.send(c, "fine");

        await().until(() -> tick(phone, c) == Tick.FAILED || texts(phone, c).size() == 2);
        await().untilAsserted(() ->
                assertThat(phone.messages(c, 10))
                        .extracting(ShownMessage::tick)
                        .containsExactly(Tick.SENT, Tick.FAILED));
        assertThat(phone.discard(tooLong)).isTrue();
        assertThat(phone.discard(tooLong)).isFalse();
        assertThat(texts(phone, c)).containsExactly("fine");
    }

    @Test
    void same_device_connecting_again_leaves_the_older_one_at_rest() {
        server.direct(c, alice, bob);
        Client older = online(alice, "phone");

        Client newer = online(alice, "phone");

        await().until(() -> older.state().name() == State.Name.REPLACED);
        assertThat(newer.state().name()).isEqualTo(State.Name.ONLINE);
    }

    @Test
    void signed_out_device_rests_and_a_refused_token_is_asked_for_once_more() {
        server.direct(c, alice, bob);
        Client phone = online(alice, "phone");
        server.admin("DELETE", "/v1/users/" + alice + "/devices/phone", "");
        await().until(() -> phone.state().name() == State.Name.SIGNED_OUT);

        List<String> given = new CopyOnWriteArrayList<>();
        Client wrong =
                client(
                        bob,
                        "phone",
                        new MemoryStore(),
                        new Heard(),
                        () -> {
                            given.add("nonsense");
                            return "nonsense";
                        });
        wrong.start();
        await().until(() -> wrong.state().name() == State.Name.SIGNED_OUT);
        assertThat(wrong.state().code()).isEqualTo(4100);
        assertThat(given).hasSize(2);
    }

    @Test
    void token_of_somebody_else_is_refused_before_anything_is_stored() {
        server.direct(c, alice, bob);
        MemoryStore store = new MemoryStore();
        Client phone = client(alice, "phone", store, new Heard(), () -> server.token(bob));

        phone.start();

        await().until(() -> phone.state().name() == State.Name.REFUSED);
        assertThat(store.transaction(Store.Transaction::conversations)).isEmpty();
    }

    @Test
    void token_is_renewed_before_it_expires() {
        server.direct(c, alice, bob);
        List<String> given = new CopyOnWriteArrayList<>();
        Heard heard = new Heard();
        Client phone =
                client(
                        alice,
                        "phone",
                        new MemoryStore(),
                        heard,
                        () -> {
                            given.add(server.token(alice, "{\"validForSeconds\":2}"));
                            return given.get(given.size() - 1);
                        });
        online(phone);

        await().until(() -> given.size() >= 4);

        assertThat(heard.states).doesNotContain(State.Name.WAITING);
    }

    @Test
    void device_in_the_background_hears_of_messages_and_later_of_ticks() {
        server.direct(c, alice, bob);
        Client phone = online(alice, "phone");
        Client tablet = online(alice, "tablet");
        Client friend = online(bob, "phone");
        tablet.send(c, "hello");
        awaitTexts(phone, c, "hello");
        await().until(() -> tick(phone, c) == Tick.DELIVERED);
        phone.setActive(false);

        awaitTexts(friend, c, "hello");
        friend.markRead(c, 1);
        await().until(() -> tick(tablet, c) == Tick.READ);
        phone.setActive(true);

        await().until(() -> tick(phone, c) == Tick.READ);
    }

    @Test
    void store_that_fails_is_tried_again_and_nothing_is_acknowledged_meanwhile() {
        server.direct(c, alice, bob);
        MemoryStore memory = new MemoryStore();
        boolean[] broken = {false};
        Store store =
                new Store() {
                    @Override
                    public <T> T transaction(java.util.function.Function<Transaction, T> work) {
                        return memory.transaction(rows -> {
                            T result = work.apply(rows);
                            if (broken[0]) {
                                throw new IllegalStateException("disk full");
                            }
                            return result;
                        });
                    }
                };
        Heard heard = new Heard();
        online(client(bob, "phone", store, heard));
        Client phone = online(alice, "phone");
        broken[0] = true;

        phone.send(c, "kept?");
        await().until(() -> heard.failures.size() >= 3);
        assertThat(tick(phone, c)).isIn(Tick.SENDING, Tick.SENT);
        broken[0] = false;

        await().until(() -> tick(phone, c) == Tick.DELIVERED);
        assertThat(heard.arrived).containsExactly("kept?");
    }

    @Test
    void closed_client_lets_go_of_its_connection() {
        server.direct(c, alice, bob);
        Client phone = online(alice, "phone");
        assertThat(server.connections()).isPositive();

        phone.close();

        // Those of other tests have been closed before.
        await().until(() -> server.connections() == 0);
        assertThat(phone.state().name()).isEqualTo(State.Name.STOPPED);
    }

    @Test
    void silent_connection_lives_by_its_signs_of_life(@TempDir Path folder) {
        Map<String, String> settings =
                Map.of(
                        "BOCAU_LIMITS_HEARTBEAT_MIN_MS", "200",
                        "BOCAU_LIMITS_HEARTBEAT_MAX_MS", "200",
                        "BOCAU_LIMITS_HEARTBEAT_MS", "1000");
        try (RealServer restless = new RealServer(folder, settings)) {
            String token = restless.token(alice);
            Heard heard = new Heard();
            Client phone =
                    new Client(
                            Address.plain("127.0.0.1", restless.tcpPort),
                            alice,
                            device("phone"),
                            () -> token,
                            new MemoryStore());
            phone.listen(heard);
            clients.add(phone);
            online(phone);
            long until = System.nanoTime() + Duration.ofSeconds(2).toNanos();

            await().until(() -> System.nanoTime() > until);

            assertThat(heard.states).doesNotContain(State.Name.WAITING);
            assertThat(heard.refused).isEmpty();
        }
    }

    @Test
    void server_that_answers_no_more_is_noticed(@TempDir Path folder) throws Exception {
        try (RealServer frozen = new RealServer(folder, Map.of())) {
            String token = frozen.token(alice);
            Client phone =
                    new Client(
                            Address.plain("127.0.0.1", frozen.tcpPort),
                            alice,
                            device("phone"),
                            () -> token,
                            new MemoryStore());
            clients.add(phone);
            online(phone);
            frozen.signal("STOP");

            phone.nudge();
            await().until(() -> phone.state().name() == State.Name.WAITING);
            assertThat(phone.state().reason()).isEqualTo("nothing was heard");
            frozen.signal("CONT");

            await().until(() -> phone.state().name() == State.Name.ONLINE);
        }
    }

    @Test
    void server_that_is_killed_again_and_again_loses_and_doubles_nothing(@TempDir Path folder) {
        try (RealServer mortal = new RealServer(folder, Map.of())) {
            mortal.direct(c, alice, bob);
            Address address = Address.plain("127.0.0.1", mortal.tcpPort);
            String aliceToken = mortal.token(alice);
            String bobToken = mortal.token(bob);
            Client phone =
                    new Client(
                            address, alice, device("phone"), () -> aliceToken, new MemoryStore());
            Client friend =
                    new Client(address, bob, device("phone"), () -> bobToken, new MemoryStore());
            clients.add(phone);
            clients.add(friend);
            online(phone);
            online(friend);
            List<String> all = new ArrayList<>();
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 30; i++) {
                    all.add(round + "." + i);
                    phone.send(c, round + "." + i);
                }
                mortal.kill();
                all.add(round + " offline");
                phone.send(c, round + " offline");
                mortal.start();
                phone.nudge();
                friend.nudge();
                awaitTexts(friend, c, all.toArray(new String[0]));
            }
            await().until(() -> tick(phone, c) == Tick.DELIVERED);
            assertThat(texts(phone, c)).isEqualTo(all);
            List<Conversation> held = phone.conversations();
            assertThat(held).hasSize(1);
        }
    }

    @Test
    void tls_with_the_name_that_was_meant_and_no_other(@TempDir Path folder) throws Exception {
        SSLSocketFactory trusting = certificate(folder);
        Map<String, String> settings =
                Map.of(
                        "BOCAU_TLS_CERTIFICATE", folder.resolve("cert.pem").toString(),
                        "BOCAU_TLS_KEY", folder.resolve("key.pem").toString());
        try (RealServer secured = new RealServer(folder, settings)) {
            secured.direct(c, alice, bob);
            String token = secured.token(alice);
            Client phone =
                    new Client(
                            new Address("127.0.0.1", secured.tcpPort, trusting),
                            alice,
                            device("phone"),
                            () -> token,
                            new MemoryStore());
            Client deceived =
                    new Client(
                            new Address("localhost", secured.tcpPort, trusting),
                            alice,
                            device("deceived"),
                            () -> token,
                            new MemoryStore());
            clients.add(phone);
            clients.add(deceived);
            online(phone);
            phone.send(c, "secret");
            await().until(() -> tick(phone, c) == Tick.SENT);

            deceived.start();
            await().until(() -> deceived.state().name() == State.Name.WAITING);
            assertThat(deceived.state().reason()).containsIgnoringCase("localhost");
        }
    }

    /// Writes cert.pem and key.pem, good for 127.0.0.1.
    private static SSLSocketFactory certificate(Path folder) throws Exception {
        Path file = folder.resolve("keys.p12");
        String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String arguments =
                "-genkeypair -alias own -keyalg EC -dname CN=test -ext san=ip:127.0.0.1"
                        + " -validity 2 -storetype PKCS12 -storepass secret -keystore "
                        + file;
        List<String> command = new ArrayList<>(List.of(keytool));
        command.addAll(List.of(arguments.split(" ")));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(file)) {
            store.load(in, "secret".toCharArray());
        }
        byte[] key = store.getKey("own", "secret".toCharArray()).getEncoded();
        pem(folder.resolve("cert.pem"), "CERTIFICATE", store.getCertificate("own").getEncoded());
        pem(folder.resolve("key.pem"), "PRIVATE KEY", key);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("own", store.getCertificate("own"));
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    private static void pem(Path file, String kind, byte[] bytes) throws IOException {
        String body = Base64.getMimeEncoder().encodeToString(bytes);
        Files.writeString(
                file, "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
    }
}
