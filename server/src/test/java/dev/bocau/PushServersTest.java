package dev.bocau;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.frame.WireFormat;
import dev.bocau.protocol.Platform;
import dev.bocau.push.web.Vapid;
import dev.bocau.testing.BrowserPushService;
import dev.bocau.testing.CassandraNodes;
import dev.bocau.testing.RedisNodes;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestServer;
import dev.bocau.testing.TestServer.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Pushes of whole servers, alone and several over one store.
@NullUnmarked // it is there in every test
class PushServersTest {
    private static final String C1 = "c1";

    @TempDir Path folder;

    private final Vapid.Keys keys = Vapid.makeKeys();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Map<String, String> settings = new HashMap<>();
    private BrowserPushService browsers;

    @BeforeEach
    void startPushService() throws IOException {
        browsers = kept(new BrowserPushService(keys.publicKey()));
        settings.put("PUSH_WEB_PUBLIC_KEY", keys.publicKey());
        settings.put("PUSH_WEB_PRIVATE_KEY", keys.privateKey());
        settings.put("PUSH_WEB_CONTACT", "mailto:post@example.org");
        settings.put("PUSH_WEB_SERVICES", browsers.origin());
        settings.put("LIMITS_PUSH_AFTER_MS", "1000");
        settings.put("LIMITS_PUSH_SWEEP_MS", "6400");
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T kept(T part) {
        open.add(part);
        return part;
    }

    private TestServer server(String name) {
        return kept(new TestServer(folder.resolve(name), settings));
    }

    private List<TestServer> cluster(int servers) {
        settings.put("STORE", "cluster");
        settings.put("CLUSTER_CASSANDRA", String.join(",", CassandraNodes.shared().addresses()));
        settings.put("CLUSTER_REDIS", String.join(",", RedisNodes.shared().uris()));
        settings.put("CLUSTER_KEYSPACE", "cluster_test");
        settings.put("CLUSTER_NAME", UUID.randomUUID().toString());
        settings.put("ADMIN_KEY", "an admin key for tests");
        settings.put("TOKEN_KEY", "a secret of at least thirty-two bytes");
        List<TestServer> all = new ArrayList<>();
        for (int i = 0; i < servers; i++) {
            all.add(server("server-" + i));
        }
        return all;
    }

    private TestDevice device(TestServer on, String user, String id) {
        return kept(on.device(WireFormat.PROTO, user, id));
    }

    private void away(TestServer on, String user, String id) {
        device(on, user, id)
                .pushedTo(Platform.PLATFORM_WEB, browsers.subscribe(id))
                .connect()
                .disconnect();
    }

    private void awaitPushes(String browser, int count) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(browsers.shown(browser)).hasSize(count));
    }

    @Test
    void status_tells_why_a_message_has_not_arrived() {
        TestServer server = server("alone");
        server.direct(C1, "alice", "bob");
        TestDevice alice = device(server, "alice", "phone").connect();
        away(server, "bob", "pixel");
        TestDevice tablet = device(server, "bob", "tablet").connect();
        tablet.acknowledging(false);
        device(server, "bob", "tv").connect().disconnect();
        TestDevice desk = device(server, "bob", "desk").connect();
        String id = alice.sent(C1, "one").getServerId();
        tablet.awaitTexts(C1, "one");
        desk.awaitTexts(C1, "one");
        awaitPushes("pixel", 1);

        Map<String, JsonNode> devices = new HashMap<>();
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> {
                    Answer answer =
                            server.admin(
                                    "GET",
                                    "/v1/conversations/c1/messages/%s/status".formatted(id),
                                    "");
                    for (JsonNode device : answer.body().at("/members/0/devices")) {
                        devices.put(device.path("deviceId").asString(), device);
                    }
                    assertThat(devices).containsOnlyKeys("pixel", "tablet", "tv", "desk");
                    assertThat(devices.get("pixel").at("/pushed/answer").asString(""))
                            .isEqualTo("web 201");
                    assertThat(devices.get("desk").has("deliveredAt")).isTrue();
                });
        assertThat(devices.get("pixel").at("/pushed/at").asLong()).isPositive();
        assertThat(devices.get("pixel").has("session")).isFalse();
        assertThat(devices.get("tablet").path("session").asInt()).isEqualTo(1);
        assertThat(devices.get("tablet").path("sentAt").asLong()).isPositive();
        assertThat(devices.get("tablet").has("deliveredAt")).isFalse();
        assertThat(devices.get("desk").has("sentAt")).isFalse();
        assertThat(devices.get("tv").size()).as("nothing is known of it").isEqualTo(1);
        assertThat(
                        server.ask("GET", "/v1/connect", "", "")
                                .body()
                                .path("vapidPublicKey")
                                .asString())
                .isEqualTo(keys.publicKey());
    }

    @Test
    void conversation_is_muted_over_http() {
        TestServer server = server("alone");
        server.direct(C1, "alice", "bob");
        TestDevice desk = device(server, "bob", "desk").connect();

        Answer answer =
                server.ask(
                        "PUT",
                        "/v1/conversations/c1/mute",
                        server.token("bob"),
                        "{\"mutedUntil\":4102444800000}");

        assertThat(answer.status()).isEqualTo(204);
        desk.await(
                dev.bocau.protocol.ServerFrame.BodyCase.SYNC_MISSED_MESSAGES,
                frame ->
                        frame.getSyncMissedMessages().getConversationsList().stream()
                                .anyMatch(state -> state.getMutedUntil() == 4102444800000L));
        assertThat(
                        server.ask(
                                        "PUT",
                                        "/v1/conversations/c1/mute",
                                        server.token("carol"),
                                        "{\"mutedUntil\":0}")
                                .body()
                                .path("code")
                                .asInt())
                .isEqualTo(4030);
        assertThat(
                        server.ask(
                                        "PUT",
                                        "/v1/conversations/c1/mute",
                                        server.token("bob"),
                                        "{\"mutedUntil\":-1}")
                                .body()
                                .path("code")
                                .asInt())
                .isEqualTo(4003);
        assertThat(server.admin("PUT", "/v1/conversations/c1/mute", "{\"mutedUntil\":0}").status())
                .isEqualTo(403);
    }

    @Test
    void two_servers_over_one_store_push_once() {
        List<TestServer> servers = cluster(2);
        servers.getFirst().direct(C1, "alice", "bob");
        TestDevice alice = device(servers.getFirst(), "alice", "phone").connect();
        away(servers.getLast(), "bob", "pixel");
        TestDevice desk = device(servers.getLast(), "bob", "desk").connect();

        alice.sent(C1, "one");
        desk.awaitTexts(C1, "one");
        awaitPushes("pixel", 1);
        device(servers.getLast(), "alice", "ipad").connect().sent(C1, "two");
        awaitPushes("pixel", 2);
        assertThat(browsers.shown("pixel").getLast().text("count")).isEqualTo("2");
        desk.read(C1, 2);
        awaitPushes("pixel", 3);

        assertThat(browsers.shown("pixel").getLast().text("type")).isEqualTo("taken_back");
        assertThat(browsers.asked()).isEqualTo(3);
    }

    @Test
    void what_a_server_leaves_behind_another_one_pushes() throws Exception {
        List<TestServer> servers = cluster(2);
        servers.getFirst().direct(C1, "alice", "bob");
        TestDevice alice = device(servers.getFirst(), "alice", "phone").connect();
        away(servers.getFirst(), "bob", "pixel");

        alice.sent(C1, "one");
        servers.getFirst().close();
        open.remove(servers.getFirst());

        awaitPushes("pixel", 1);
    }
}
