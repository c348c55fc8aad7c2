package dev.bocau.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.protocol.Device;
import dev.bocau.protocol.DeviceType;
import dev.bocau.protocol.Error;
import dev.bocau.protocol.Message;
import dev.bocau.protocol.Platform;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A real server for the tests of a class, and for each test two people who talk.
@NullUnmarked
@Timeout(120)
abstract class ClientFixture {
    static RealServer server;
    private static int people;

    private final List<Client> clients = new ArrayList<>();
    final String alice = "alice-" + ++people;
    final String bob = "bob-" + people;
    final String c = "c-" + people;

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
    static final class Heard implements Listener {
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

    static Device device(String id) {
        return Device.newBuilder()
                .setId(id)
                .setType(DeviceType.DEVICE_TYPE_MOBILE)
                .setPlatform(Platform.PLATFORM_ANDROID)
                .setAppVersion("1.0")
                .build();
    }

    Client client(String user, String id, Store store, Listener listener) {
        return client(user, id, store, listener, () -> server.token(user));
    }

    Client client(String user, String id, Store store, Listener listener, Callable<String> token) {
        Address address = Address.plain("127.0.0.1", server.tcpPort);
        Client client = new Client(address, user, device(id), token, store);
        client.listen(listener);
        return kept(client);
    }

    /// Closes a client when the test is over.
    Client kept(Client client) {
        clients.add(client);
        return client;
    }

    Client online(String user, String id) {
        return online(client(user, id, new MemoryStore(), new Heard()));
    }

    static Client online(Client client) {
        client.start();
        await().until(() -> client.state().name() == State.Name.ONLINE);
        return client;
    }

    static ConditionFactory await() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20));
    }

    static List<String> texts(Client client, String conversation) {
        return client.messages(conversation, 1_000).stream()
                .map(shown -> shown.message().getContent())
                .toList();
    }

    static void awaitTexts(Client client, String conversation, String... expected) {
        await().untilAsserted(
                        () -> assertThat(texts(client, conversation)).containsExactly(expected));
    }

    static Tick tick(Client client, String conversation) {
        List<ShownMessage> all = client.messages(conversation, 1_000);
        return all.get(all.size() - 1).tick();
    }
}
