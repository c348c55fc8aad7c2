package dev.bocau.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.protocol.Conversation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The client where the network is silent, the server frozen, killed, or another one.
@NullUnmarked
class ClientOutagesTest extends ClientFixture {
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
            kept(phone);
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
            List<String> reasons = new CopyOnWriteArrayList<>();
            phone.listen(
                    new Listener() {
                        @Override
                        public void state(State state) {
                            if (state.name() == State.Name.WAITING) {
                                reasons.add(state.reason());
                            }
                        }
                    });
            kept(phone);
            online(phone);
            frozen.signal("STOP");

            phone.nudge();
            await().until(() -> !reasons.isEmpty());
            assertThat(reasons.get(0)).isEqualTo("nothing was heard");
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
            kept(phone);
            kept(friend);
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
            kept(phone);
            kept(deceived);
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
