package dev.bocau;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bocau.frame.WireFormat;
import dev.bocau.protocol.ServerFrame.BodyCase;
import dev.bocau.testing.CassandraNodes;
import dev.bocau.testing.RedisNodes;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Three servers over one Cassandra and one Redis Cluster: a device may be on any of them.
@NullUnmarked // it is there in every test
class ClusterTest {
    private static final String C1 = "c1";

    @TempDir Path folder;

    private final List<TestServer> servers = new ArrayList<>();
    private final List<TestDevice> devices = new ArrayList<>();

    @BeforeEach
    void start() {
        Map<String, String> settings =
                Map.of(
                        "STORE", "cluster",
                        "CLUSTER_CASSANDRA", String.join(",", CassandraNodes.shared().addresses()),
                        "CLUSTER_REDIS", String.join(",", RedisNodes.shared().uris()),
                        "CLUSTER_KEYSPACE", "cluster_test",
                        "CLUSTER_NAME", UUID.randomUUID().toString(),
                        "ADMIN_KEY", "an admin key for tests",
                        "TOKEN_KEY", "a secret of at least thirty-two bytes");
        for (int i = 0; i < 3; i++) {
            servers.add(new TestServer(folder.resolve("server-" + i), settings));
        }
    }

    @AfterEach
    void stop() {
        devices.forEach(TestDevice::close);
        servers.forEach(TestServer::close);
    }

    private TestDevice device(int server, String user, String id) {
        TestDevice device = servers.get(server).device(WireFormat.PROTO, user, id);
        devices.add(device);
        return device;
    }

    @Test
    void every_device_on_any_server_shows_the_same() {
        servers.getFirst().direct(C1, "alice", "bob");
        TestDevice alicePhone = device(0, "alice", "phone").connect();
        TestDevice aliceWeb = device(1, "alice", "web").connect();
        TestDevice bobPhone = device(1, "bob", "phone").connect();
        TestDevice bobTablet = device(2, "bob", "tablet").connect();

        alicePhone.sent(C1, "one");
        bobTablet.sent(C1, "two");
        bobPhone.sent(C1, "three");

        for (TestDevice device : List.of(alicePhone, aliceWeb, bobPhone, bobTablet)) {
            device.awaitTexts(C1, "one", "two", "three");
        }
        alicePhone.awaitTick(C1, 1, "bob", "delivered");
        aliceWeb.awaitTick(C1, 1, "bob", "delivered");
        bobPhone.read(C1, 3);
        bobTablet.await(BodyCase.MESSAGES_READ_SYNC);
        alicePhone.awaitTick(C1, 1, "bob", "read");
        aliceWeb.awaitTick(C1, 1, "bob", "read");

        TestDevice fresh = device(2, "alice", "fresh").connect();
        fresh.awaitTexts(C1, "one", "two", "three");
        assertThat(aliceWeb.differenceFrom(fresh)).isEmpty();
    }

    @Test
    void device_that_connects_elsewhere_goes_on_where_it_stood_and_replaces_its_session() {
        servers.getFirst().direct(C1, "alice", "bob");
        TestDevice alice = device(0, "alice", "phone").connect();
        TestDevice bob = device(1, "bob", "phone").connect();
        alice.sent(C1, "one");
        bob.awaitTexts(C1, "one");
        bob.disconnect();
        alice.sent(C1, "two");

        TestDevice elsewhere = device(2, "bob", "phone").connect(bob.position());
        elsewhere.await(BodyCase.SYNC_MISSED_MESSAGES);
        assertThat(elsewhere.frames(BodyCase.SYNC_CONVERSATION_STATES)).isEmpty();

        TestDevice again = device(0, "bob", "phone").connect(Optional.empty());
        assertThat(elsewhere.awaitClosed()).isEqualTo(4500);
        again.awaitTexts(C1, "one", "two");
    }

    @Test
    void every_server_knows_who_is_connected_to_the_others() {
        servers.getFirst().direct(C1, "alice", "bob");
        TestDevice phone = device(0, "alice", "phone").connect();
        TestDevice web = device(1, "alice", "web").connect();
        await().untilAsserted(() -> assertThat(online()).containsExactly("phone", "web"));

        // It has moved: what its older session says on leaving does not count.
        TestDevice moved = device(2, "alice", "phone").connect();
        assertThat(phone.awaitClosed()).isEqualTo(4500);
        web.disconnect();

        await().untilAsserted(() -> assertThat(online()).containsExactly("phone"));
        moved.disconnect();
        await().untilAsserted(() -> assertThat(online()).isEmpty());
    }

    /// The devices of Alice that are online, of which all servers say the same.
    private List<String> online() {
        Set<List<String>> answers =
                servers.stream().map(ClusterTest::online).collect(Collectors.toSet());
        assertThat(answers).hasSize(1);
        return answers.iterator().next();
    }

    private static List<String> online(TestServer server) {
        List<String> online = new ArrayList<>();
        for (JsonNode device :
                server.ask("GET", "/v1/users/alice/devices", server.token("alice"), "")
                        .body()
                        .get("devices")) {
            if (device.get("online").asBoolean()) {
                online.add(device.get("id").asString());
            }
        }
        return online.stream().sorted().toList();
    }
}
