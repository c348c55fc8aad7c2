package dev.bocau.gateway.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.bocau.frame.TestFrames;
import dev.bocau.model.Code;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.Message;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.testing.Certificates;
import dev.bocau.testing.TcpLink;
import dev.bocau.testing.TestDevice;
import dev.bocau.testing.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The bytes themselves, and TLS.
@NullUnmarked
class TcpTest {
    private static final int MILLISECONDS_SINCE_1970 = 6;
    private static final Map<String, String> HASTY =
            Map.of("LIMITS_HEARTBEAT_MS", "300", "LIMITS_CONNECT_TIMEOUT_MS", "2000");

    /// With an RSA certificate, and one with an elliptic curve in `other`.
    private static Path files;

    private static Certificates ellipticKeys;

    @TempDir Path folder;

    @BeforeAll
    static void makeCertificates(@TempDir Path made) throws Exception {
        files = made;
        Certificates.make(made, "RSA");
        ellipticKeys = Certificates.make(Files.createDirectory(made.resolve("other")), "EC");
    }

    private static Socket socket(TestServer server) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.tcpPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static byte[] bytes(ClientFrame... frames) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(1);
        for (ClientFrame frame : frames) {
            out.writeBytes(frame.toByteArray());
        }
        return out.toByteArray();
    }

    private static ClientFrame connect(TestServer server, String user, String id) {
        TestDevice device =
                new TestDevice(TcpLink.to(server.tcpPort()), user, id, () -> server.token(user));
        return ClientFrame.newBuilder().setDeviceConnect(device.deviceConnect()).build();
    }

    private static ServerFrame read(InputStream in) throws IOException {
        return ServerFrame.parseFrom(TcpLink.readFrame(in));
    }

    /// All frames until the server ends the connection; signs of life are not answered.
    private static List<ServerFrame> readAll(Socket socket) throws IOException {
        List<ServerFrame> frames = new ArrayList<>();
        InputStream in = socket.getInputStream();
        while (true) {
            try {
                frames.add(read(in));
            } catch (EOFException end) {
                return frames;
            }
        }
    }

    @Test
    void one_packet_there_and_everything_comes_back() throws Exception {
        try (TestServer server = new TestServer(folder, Map.of());
                Socket socket = socket(server)) {
            server.direct("c1", "alice", "bob");
            TestDevice bob =
                    new TestDevice(
                            TcpLink.to(server.tcpPort()),
                            "bob",
                            "phone",
                            () -> server.token("bob"));
            bob.connect().sent("c1", "chào");
            bob.close();

            socket.getOutputStream().write(bytes(connect(server, "alice", "phone")));

            InputStream in = socket.getInputStream();
            assertThat(read(in).hasDeviceConnected()).isTrue();
            ServerFrame page = read(in);
            assertThat(
                            page.getSyncConversationStates()
                                    .getConversations(0)
                                    .getRecent(0)
                                    .getContent())
                    .isEqualTo("chào");
        }
    }

    @Test
    void silent_connection_is_asked_with_one_byte_and_lives_by_one_byte() throws Exception {
        try (TestServer server = new TestServer(folder, HASTY);
                Socket alive = socket(server);
                Socket dead = socket(server)) {
            alive.getOutputStream().write(bytes(connect(server, "alice", "alive")));
            InputStream in = alive.getInputStream();
            assertThat(read(in).hasDeviceConnected()).isTrue();
            assertThat(read(in).hasSyncConversationStates()).isTrue();
            for (int i = 0; i < 4; i++) {
                assertThat(in.read()).as("no frame").isZero();
                alive.getOutputStream().write(0);
            }

            dead.getOutputStream().write(bytes(connect(server, "alice", "dead")));
            List<ServerFrame> heard = readAll(dead);
            assertThat(heard.getLast().getError().getCode())
                    .isEqualTo(Code.HEARTBEAT_TIMEOUT.number());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET / HTTP/1.1, version 71 is not spoken here, 4000",
        "'\u0001\u0080\u0000', a number has a shorter form, 4000",
        "'\u0001\u0012\u00ff\u00ff\u00ff\u0001', longer than, 4004",
    })
    void what_is_no_frame_is_answered_with_an_error_and_the_end(String said, String why, int code)
            throws Exception {
        try (TestServer server = new TestServer(folder, Map.of());
                Socket stranger = socket(server)) {
            byte[] much = said.repeat(1_000).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            stranger.getOutputStream().write(much);

            List<ServerFrame> heard = readAll(stranger);

            assertThat(heard).hasSize(1);
            assertThat(heard.getFirst().getError().getCode()).isEqualTo(code);
            assertThat(heard.getFirst().getError().getReason()).contains(why);
        }
    }

    @Test
    void bytes_that_are_no_client_frame_are_refused_and_the_connection_lives() throws Exception {
        try (TestServer server = new TestServer(folder, Map.of());
                Socket socket = socket(server)) {
            socket.getOutputStream().write(new byte[] {1, 0x12, 2, (byte) 0xff, 0x01, 0x7a, 0});
            InputStream in = socket.getInputStream();
            assertThat(read(in).getError().getCode()).isEqualTo(4000);
            assertThat(read(in).getError().getCode()).isEqualTo(4001);

            connect(server, "alice", "phone").writeTo(socket.getOutputStream());
            assertThat(read(in).hasDeviceConnected()).isTrue();
        }
    }

    @Test
    void what_a_delivered_message_costs_beyond_its_fields() throws Exception {
        try (TestServer server = new TestServer(folder, Map.of());
                Socket socket = socket(server)) {
            server.direct("c1", "alice", "bob");
            socket.getOutputStream().write(bytes(connect(server, "bob", "phone")));
            InputStream in = socket.getInputStream();
            assertThat(read(in).hasDeviceConnected()).isTrue();
            assertThat(read(in).hasSyncConversationStates()).isTrue();
            TestDevice alice =
                    new TestDevice(
                            TcpLink.to(server.tcpPort()),
                            "alice",
                            "phone",
                            () -> server.token("alice"));
            alice.connect();

            alice.sent("c1", "Hẹn gặp lại cậu lúc chín giờ.");
            assertThat(beyondItsFields(in)).as("bytes around a short message").isEqualTo(15);
            alice.sent("c1", "Ồ, chim bồ câu đã về rồi đấy! Hẹn gặp lại cậu lúc chín giờ.");
            assertThat(beyondItsFields(in)).as("bytes around a message").isEqualTo(16);
            alice.close();
        }
    }

    /// Of the bytes of the next frame those that are not content, id, timestamp or position.
    private static int beyondItsFields(InputStream in) throws IOException {
        byte[] bytes = TcpLink.readFrame(in);
        ServerFrame frame = ServerFrame.parseFrom(bytes);
        Message message = frame.getNewMessage();
        assertThat(message.hasLocalId() || message.hasSenderDeviceId()).isFalse();
        return bytes.length
                - frame.getPosition().size()
                - message.getId().length()
                - message.getConversationId().length()
                - message.getSenderId().length()
                - message.getContentBytes().size()
                - MILLISECONDS_SINCE_1970;
    }

    // ----------------------------------------------------------------------------------------------------------- TLS

    @Test
    void tls_is_spoken_on_all_ports_and_nothing_else_is() throws Exception {
        try (TestServer server = new TestServer(folder, ellipticKeys.settings());
                Socket plain = socket(server)) {
            server.direct("c1", "alice", "bob");
            SSLSocketFactory trusting = ellipticKeys.trusting();
            TestDevice alice =
                    new TestDevice(
                            TcpLink.to(server.tcpPort(), trusting),
                            "alice",
                            "phone",
                            () -> server.token("alice"));
            alice.connect().sent("c1", "secret");
            TestDevice again =
                    new TestDevice(
                            TcpLink.to(server.tcpPort(), trusting),
                            "alice",
                            "phone",
                            () -> server.token("alice"));
            again.connect();
            assertThat(alice.awaitClosed()).isEqualTo(Code.REPLACED.number());
            again.close();
            assertThat(ellipticKeys.webSocketHandshake(server.realtimePort()))
                    .startsWith("HTTP/1.1 101");
            assertThat(server.ask("GET", "/v1/connect", "", "").body().toString())
                    .contains("\"wss://127.0.0.1:" + server.realtimePort())
                    .contains("\"tls://127.0.0.1:" + server.tcpPort())
                    .contains("\"mqtts://127.0.0.1:" + server.mqttPort());

            plain.getOutputStream().write(bytes(connect(server, "alice", "plain")));
            assertThat(plain.getInputStream().readAllBytes())
                    .as("an alert at most")
                    .hasSizeLessThan(10);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "missing, key.pem, tls.certificate: no such file",
        "key.pem, key.pem, holds no certificate in PEM",
        "cert.pem, missing, tls.key: no such file",
        "cert.pem, cert.pem, PKCS #8",
        "cert.pem, other/key.pem, is not the key of the certificate",
    })
    void server_with_wrong_files_says_what_is_wrong(String certificate, String key, String why) {
        assertThatThrownBy(() ->
                        new TestServer(
                                folder,
                                Map.of(
                                        "TLS_CERTIFICATE", files.resolve(certificate).toString(),
                                        "TLS_KEY", files.resolve(key).toString())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(why);
    }

    @Test
    void last_field_of_every_frame_is_its_body_and_tells_its_length() {
        assertThat(ClientFrame.getDescriptor().getFields()).allMatch(TcpTest::isBody);
        assertThat(ServerFrame.getDescriptor().getFields())
                .allMatch(field ->
                        field.getNumber() == ServerFrame.POSITION_FIELD_NUMBER
                                ? field.getType() == FieldDescriptor.Type.BYTES
                                : isBody(field));
    }

    private static boolean isBody(FieldDescriptor field) {
        return field.getContainingOneof() != null
                && field.getType() == FieldDescriptor.Type.MESSAGE;
    }

    @Test
    void golden_frames_are_the_same_over_tcp() throws Exception {
        ClientFrame ping = TestFrames.clientFrame("{\"type\":\"ping\",\"timestamp\":7}");

        assertThat(bytes(ping)).containsExactly(1, 0x52, 2, 8, 7);
    }
}
