package dev.bocau.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bocau.frame.WireFormat;
import dev.bocau.protocol.MessageReceived;
import dev.bocau.testing.SocketLink;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestServer;
import dev.bocau.testing.TestServer.Answer;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The management API over real HTTP.
@org.jspecify.annotations.NullUnmarked
class RestTest {
    private static TestServer server;
    private static String alice;
    private static String bob;
    private static String mallory;

    @BeforeAll
    static void start(@TempDir Path folder) {
        server = new TestServer(folder, Map.of());
        alice = server.token("alice");
        bob = server.token("bob");
        mallory = server.token("mallory");
        server.direct("ab", "alice", "bob");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Answer post(String credential, String conversation, String body) {
        return server.ask(
                "POST", "/v1/conversations/" + conversation + "/messages", credential, body);
    }

    private static void group(String id, String... members) {
        String list = "\"" + String.join("\",\"", members) + "\"";
        Answer answer =
                server.admin(
                        "PUT",
                        "/v1/conversations/" + id,
                        "{\"kind\":\"group\",\"title\":\"T\",\"members\":[%s]}".formatted(list));
        assertThat(answer.status()).isEqualTo(200);
    }

    // ------------------------------------------------------------------------------------------------ who may do what

    @ParameterizedTest
    @CsvSource({
        "PUT,    /v1/users/alice",
        "POST,   /v1/users/alice/tokens",
        "PUT,    /v1/conversations/new",
        "PUT,    /v1/conversations/ab/members/mallory",
        "DELETE, /v1/conversations/ab/members/bob",
    })
    void only_an_administrator_manages(String method, String path) {
        assertThat(server.ask(method, path, alice, "{}").status()).isEqualTo(403);
        assertThat(server.ask(method, path, "", "{}").status()).isEqualTo(401);
        assertThat(server.ask(method, path, "wrong key", "{}").status()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /v1/users/alice",
        "GET,    /v1/users/alice/devices",
        "DELETE, /v1/users/alice/devices/phone",
        "GET,    /v1/conversations/ab/messages",
        "POST,   /v1/conversations/ab/messages",
        "GET,    /v1/conversations/ab/messages/01997c2a-5c00-7abc-8def-0123456789ab/status",
    })
    void stranger_sees_and_does_nothing(String method, String path) {
        String body = "{\"localId\":\"1\",\"content\":\"let me in\"}";

        Answer refused = server.ask(method, path, mallory, body);

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.contentType()).startsWith("application/problem+json");
        assertThat(server.ask(method, path, "", body).status()).isEqualTo(401);
    }

    @Test
    void nobody_sends_in_the_name_of_another_but_an_administrator() {
        String body = "{\"localId\":\"x\",\"senderId\":\"bob\",\"content\":\"it was me\"}";

        assertThat(post(alice, "ab", body).status()).isEqualTo(403);
        assertThat(post(server.adminKey(), "ab", body).status()).isEqualTo(200);
        assertThat(post(server.adminKey(), "ab", "{\"localId\":\"y\",\"content\":\"?\"}").status())
                .isEqualTo(400);
    }

    /// The sign-out held on the WebSocket only.
    @Test
    void token_of_a_device_that_was_signed_out_is_good_for_nothing() {
        String bound = server.token("alice", "{\"device\":\"lost\"}");
        TestDevice lost =
                new TestDevice(
                        SocketLink.to(server.websocket(), WireFormat.JSON),
                        "alice",
                        "lost",
                        () -> bound);
        lost.connect();
        String messages = "/v1/conversations/ab/messages";
        assertThat(server.ask("GET", messages, bound, "").status()).isEqualTo(200);

        server.ask("DELETE", "/v1/users/alice/devices/lost", alice, "");

        Answer refused = server.ask("GET", messages, bound, "");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.body().get("code").asInt()).isEqualTo(4102);
        assertThat(server.ask("GET", messages, alice, "").status()).isEqualTo(200);
    }

    /// A group without members was one that everybody had left.
    @Test
    void conversation_is_not_emptied_by_a_slip() {
        group("kept", "alice", "bob");

        Answer refused =
                server.admin(
                        "PUT",
                        "/v1/conversations/kept",
                        "{\"kind\":\"group\",\"title\":\"New\",\"memebrs\":[\"alice\"]}");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body().get("detail").asString()).contains("members is needed");
        assertThat(post(bob, "kept", "{\"localId\":\"1\",\"content\":\"here\"}").status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT  | /v1/users/alice             | null                                  | 4000",
                "PUT  | /v1/users/alice             | {\"name\":5}                            | 4000",
                "PUT  | /v1/users/alice             | {\"name\":\"\\ud800\"}                  | 4003",
                "PUT  | /v1/conversations/c         | null                                  | 4000",
                "PUT  | /v1/conversations/c         | {\"kind\":\"group\",\"members\":[null]} | 4003",
                "POST | /v1/users/alice/tokens      | null                                  | 4000",
                "POST | /v1/users/alice/tokens      | {\"validForSeconds\":1.5}               | 4000",
                "POST | /v1/conversations/ab/messages | null                                | 4000",
            })
    void body_that_does_not_fit_is_refused(String method, String path, String body, int code) {
        Answer refused = server.admin(method, path, body);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body().get("code").asInt()).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({"/v1/users/%ff", "/v1/users/a%00b", "/v1/users/alice%2f..%2fbob"})
    void what_is_no_path_is_told_as_a_problem(String path) throws Exception {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.http("/").getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(
                            "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                                    .formatted(path)
                                    .getBytes(StandardCharsets.US_ASCII));
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).contains("application/problem+json").contains("\"code\":4");
        }
    }

    @Test
    void token_of_one_device_cannot_act_as_another() {
        String bound = server.token("alice", "{\"device\":\"watch\"}");

        assertThat(post(bound, "ab", "{\"localId\":\"w\",\"content\":\"hi\"}").status())
                .isEqualTo(403);
        assertThat(
                        post(
                                        bound,
                                        "ab",
                                        "{\"localId\":\"w\",\"deviceId\":\"watch\",\"content\":\"hi\"}")
                                .status())
                .isEqualTo(200);
    }

    // -------------------------------------------------------------------------------------------------------- messages

    @Test
    void message_sent_over_rest_reaches_devices_and_is_one_however_often_it_is_sent() {
        server.direct("rest", "alice", "rita");
        TestDevice rita = server.device(WireFormat.JSON, "rita", "phone").connect();
        String body = "{\"localId\":\"r1\",\"content\":\"từ curl\"}";

        Answer first = post(alice, "rest", body);
        Answer again = post(alice, "rest", body);

        assertThat(first.status()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
        rita.awaitTexts("rest", "từ curl");
        Answer other = post(alice, "rest", "{\"localId\":\"r1\",\"content\":\"other\"}");
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.body().get("code").asInt()).isEqualTo(4006);
        rita.disconnect();
    }

    @Test
    void history_is_paged_and_begins_where_a_member_joined() {
        group("h", "alice", "bob");
        for (int i = 1; i <= 5; i++) {
            post(alice, "h", "{\"localId\":\"%d\",\"content\":\"m%d\"}".formatted(i, i));
        }
        server.admin("PUT", "/v1/conversations/h/members/carol", "");
        post(alice, "h", "{\"localId\":\"6\",\"content\":\"m6\"}");

        assertThat(contents(alice, "?limit=2")).containsExactly("m5", "m6");
        assertThat(contents(alice, "?limit=2&before=5")).containsExactly("m3", "m4");
        assertThat(contents(alice, "?before=1")).isEmpty();
        assertThat(contents(server.token("carol"), "")).containsExactly("m6");
        assertThat(contents(server.adminKey(), "")).hasSize(6);
        server.admin("DELETE", "/v1/conversations/h/members/carol", "");
        assertThat(
                        server.ask("GET", "/v1/conversations/h/messages", server.token("carol"), "")
                                .status())
                .isEqualTo(403);
    }

    private static List<String> contents(String credential, String query) {
        Answer answer = server.ask("GET", "/v1/conversations/h/messages" + query, credential, "");
        assertThat(answer.status()).isEqualTo(200);
        return answer.body()
                .get("messages")
                .valueStream()
                .map(message -> message.get("content").asString())
                .toList();
    }

    @Test
    void history_tells_nobody_but_the_sender_under_which_name_it_was_sent() {
        group("names", "alice", "bob");
        post(alice, "names", "{\"localId\":\"mine\",\"content\":\"x\"}");

        for (String knows : List.of(alice, server.adminKey())) {
            assertThat(firstOf("names", knows).get("localId").asString()).isEqualTo("mine");
            assertThat(firstOf("names", knows).has("senderDeviceId")).isTrue();
        }
        assertThat(firstOf("names", server.token("bob")).has("localId")).isFalse();
        assertThat(firstOf("names", server.token("bob")).has("senderDeviceId")).isFalse();
    }

    private static JsonNode firstOf(String conversation, String credential) {
        String path = "/v1/conversations/" + conversation + "/messages";
        return server.ask("GET", path, credential, "").body().get("messages").get(0);
    }

    @Test
    void status_tells_per_member_and_device() {
        server.direct("st", "alice", "sam");
        TestDevice sender = server.device(WireFormat.JSON, "alice", "phone").connect();
        TestDevice sam = server.device(WireFormat.PROTO, "sam", "tablet").connect();
        MessageReceived received = sender.sent("st", "how far?");
        sam.awaitTexts("st", "how far?");
        sam.read("st", 1);
        String path = "/v1/conversations/st/messages/%s/status".formatted(received.getServerId());

        await().until(() ->
                server.ask("GET", path, alice, "").body().toString().contains("readAt"));

        JsonNode member = server.ask("GET", path, alice, "").body().get("members").get(0);
        assertThat(member.get("userId").asString()).isEqualTo("sam");
        JsonNode device = member.get("devices").get(0);
        assertThat(device.get("deviceId").asString()).isEqualTo("tablet");
        assertThat(device.get("readAt").asLong())
                .isGreaterThanOrEqualTo(device.get("deliveredAt").asLong());
        assertThat(server.ask("GET", path.replace("0", "1"), alice, "").status()).isEqualTo(404);
        sender.disconnect();
        sam.disconnect();
    }

    // ---------------------------------------------------------------------------------------------------- conversations

    @Test
    void direct_conversation_of_two_exists_once() {
        Answer second =
                server.admin(
                        "PUT",
                        "/v1/conversations/ba",
                        "{\"kind\":\"direct\",\"members\":[\"bob\",\"alice\"]}");

        assertThat(second.status()).isEqualTo(409);
        assertThat(second.body().get("detail").asString()).contains("ab");
        assertThat(server.admin("PUT", "/v1/conversations/ab/members/carol", "").status())
                .isEqualTo(409);
    }

    @Test
    void names_are_for_those_who_share_a_conversation() {
        server.admin("PUT", "/v1/users/bob", "{\"name\":\"Bob Trần\"}");

        assertThat(server.ask("GET", "/v1/users/bob", alice, "").body().get("name").asString())
                .isEqualTo("Bob Trần");
        assertThat(server.ask("GET", "/v1/users/bob", bob, "").status()).isEqualTo(200);
        assertThat(server.ask("GET", "/v1/users/bob", mallory, "").status()).isEqualTo(403);
    }

    @Test
    void devices_are_listed_with_presence_and_signed_out() {
        TestDevice phone = server.device(WireFormat.JSON, "dora", "phone").connect();
        String dora = server.token("dora");

        JsonNode device =
                server.ask("GET", "/v1/users/dora/devices", dora, "").body().get("devices").get(0);
        assertThat(device.get("id").asString()).isEqualTo("phone");
        assertThat(device.get("online").asBoolean()).isTrue();
        assertThat(server.ask("DELETE", "/v1/users/dora/devices/phone", dora, "").status())
                .isEqualTo(204);
        assertThat(phone.awaitClosed()).isEqualTo(4102);
        assertThat(server.ask("DELETE", "/v1/users/dora/devices/phone", dora, "").status())
                .isEqualTo(404);
    }

    // ---------------------------------------------------------------------------------------------------------- bad input

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    PUT  | /v1/users/a%20b                          | {}                                          | 400
                    PUT  | /v1/users/alice                          | {bad                                        | 400
                    PUT  | /v1/users/alice                          | []                                          | 400
                    POST | /v1/users/alice/tokens                   | {"validForSeconds":0}                       | 400
                    POST | /v1/users/alice/tokens                   | {"validForSeconds":999999999}               | 400
                    POST | /v1/users/alice/tokens                   | {"device":"a b"}                            | 400
                    PUT  | /v1/conversations/x                      | {}                                          | 400
                    PUT  | /v1/conversations/x                      | {"kind":"crowd","members":[]}               | 400
                    PUT  | /v1/conversations/x                      | {"kind":"direct","members":["a"]}           | 400
                    PUT  | /v1/conversations/x                      | {"kind":"direct","members":["a","a"]}       | 400
                    PUT  | /v1/conversations/x                      | {"kind":"group","members":["a b"]}          | 400
                    PUT  | /v1/conversations/x                      | {"kind":"group","members":7}                | 400
                    PUT  | /v1/conversations/none/members/a         | {}                                          | 404
                    GET  | /v1/conversations/none/messages          | {}                                          | 404
                    GET  | /v1/conversations/ab/messages?before=x   | {}                                          | 400
                    GET  | /v1/conversations/ab/messages?limit=0    | {}                                          | 400
                    POST | /v1/conversations/ab/messages            | {"senderId":"bob"}                          | 400
                    POST | /v1/conversations/ab/messages            | {"senderId":"bob","localId":"1"}            | 400
                    POST | /v1/conversations/ab/messages            | {"senderId":"carol","localId":"1","content":"x"} | 403
                    GET  | /v1/conversations/ab/messages/x/status   | {}                                          | 400
                    GET  | /v1/nothing                              | {}                                          | 404
                    POST | /v1/connect                              | {}                                          | 405
                    """)
    void bad_request_is_a_problem_in_words(String method, String path, String body, int status) {
        Answer answer = server.admin(method, path, body);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.contentType()).startsWith("application/problem+json");
        assertThat(answer.body().get("detail").asString()).isNotBlank();
        assertThat(answer.body().get("status").asInt()).isEqualTo(status);
    }

    @Test
    void body_that_is_too_large_is_refused() {
        Answer answer = server.admin("PUT", "/v1/users/alice", "x".repeat(1_100_000));

        assertThat(answer.status()).isEqualTo(413);
    }

    // ------------------------------------------------------------------------------------------------------------ itself

    @Test
    void connect_tells_the_realtime_address_on_the_host_that_was_asked() {
        Answer answer = TestServer.ask(HttpRequest.newBuilder(server.http("/v1/connect")).build());

        assertThat(answer.body().get("websocket").asString())
                .isEqualTo(server.websocket().toString());
        assertThat(answer.body().get("mqtt").asString())
                .isEqualTo("mqtt://127.0.0.1:" + server.mqttPort());
    }

    @Test
    void health_and_metrics_are_on_the_ops_port_only() {
        assertThat(
                        TestServer.ask(HttpRequest.newBuilder(server.ops("/health")).build())
                                .body()
                                .get("status")
                                .asString())
                .isEqualTo("up");
        String metrics =
                TestServer.ask(HttpRequest.newBuilder(server.ops("/metrics")).build())
                        .body()
                        .asString();
        assertThat(metrics)
                .contains(
                        "bocau_connections",
                        "bocau_sends_total",
                        "bocau_deliveries_total",
                        "bocau_log_behind",
                        "bocau_commit_time_seconds",
                        "bocau_commit_steps",
                        "bocau_commit_queue",
                        "bocau_refused_total{code=\"4030\"}");
        assertThat(TestServer.ask(HttpRequest.newBuilder(server.http("/metrics")).build()).status())
                .isEqualTo(404);
    }

    @Test
    void demo_is_not_open_on_a_server_that_is_none() {
        assertThat(TestServer.ask(HttpRequest.newBuilder(server.http("/v1/demo")).build()).status())
                .isEqualTo(404);
        assertThat(server.ask("POST", "/v1/demo/tokens", "", "{\"userId\":\"alice\"}").status())
                .isEqualTo(404);
    }

    @Test
    void openapi_describes_every_route_and_no_other() {
        String text =
                TestServer.ask(HttpRequest.newBuilder(server.http("/v1/openapi.yaml")).build())
                        .body()
                        .asString();
        JsonNode paths = new YAMLMapper().readTree(text).get("paths");
        Set<String> described = new TreeSet<>();
        paths.forEachEntry((path, operations) ->
                operations.forEachEntry((method, operation) -> {
                    if (!method.equals("parameters")) {
                        described.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path);
                    }
                }));

        assertThat(described)
                .containsExactlyInAnyOrder(
                        "GET /v1/connect",
                        "GET /v1/openapi.yaml",
                        "PUT /v1/users/{id}",
                        "GET /v1/users/{id}",
                        "POST /v1/users/{id}/tokens",
                        "GET /v1/users/{id}/devices",
                        "DELETE /v1/users/{id}/devices/{deviceId}",
                        "PUT /v1/conversations/{id}",
                        "PUT /v1/conversations/{id}/members/{userId}",
                        "DELETE /v1/conversations/{id}/members/{userId}",
                        "GET /v1/conversations/{id}/messages",
                        "POST /v1/conversations/{id}/messages",
                        "PUT /v1/conversations/{id}/mute",
                        "GET /v1/conversations/{id}/messages/{messageId}/status",
                        "GET /v1/conversations/{id}/messages/{messageId}/media",
                        "GET /media/{media}/{rendition}",
                        "HEAD /media/{media}/{rendition}",
                        "OPTIONS /v1/media",
                        "POST /v1/media",
                        "OPTIONS /v1/media/{id}",
                        "HEAD /v1/media/{id}",
                        "GET /v1/media/{id}",
                        "PATCH /v1/media/{id}",
                        "DELETE /v1/media/{id}",
                        "POST /v1/media/{id}");
    }
}
