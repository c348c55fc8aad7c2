package dev.bocau;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.bocau.frame.FramesFuzz;
import dev.bocau.gateway.RealtimeFuzz;
import dev.bocau.gateway.longpoll.LongPollFuzz;
import dev.bocau.gateway.mqtt.MqttFuzz;
import dev.bocau.gateway.socketio.SocketIoFuzz;
import dev.bocau.gateway.tcp.TcpFuzz;
import dev.bocau.gateway.websocket.WebSocketFuzz;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the fuzzers begin with and what they have found, said again: `src/test/resources/fuzz` has
/// a folder for each, `./bocau fuzz` goes on from there.
class FuzzTest {
    private static final Path INPUTS = Path.of("src/test/resources/fuzz");

    enum Target {
        FRAMES,
        LONGPOLL,
        MQTT,
        REALTIME,
        SOCKETIO,
        TCP,
        WEBSOCKET;

        void take(byte[] input) throws Exception {
            switch (this) {
                case FRAMES -> FramesFuzz.fuzzerTestOneInput(input);
                case LONGPOLL -> LongPollFuzz.fuzzerTestOneInput(input);
                case MQTT -> MqttFuzz.fuzzerTestOneInput(input);
                case REALTIME -> RealtimeFuzz.fuzzerTestOneInput(input);
                case SOCKETIO -> SocketIoFuzz.fuzzerTestOneInput(input);
                case TCP -> TcpFuzz.fuzzerTestOneInput(input);
                case WEBSOCKET -> WebSocketFuzz.fuzzerTestOneInput(input);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void inputs_are_read_or_refused(Target target) throws Exception {
        Path folder = INPUTS.resolve(target.name().toLowerCase(Locale.ROOT));
        List<Path> inputs;
        try (Stream<Path> all = Files.list(folder)) {
            inputs = all.sorted().toList();
        }
        assertThat(inputs).isNotEmpty();
        for (Path input : inputs) {
            assertThatCode(() -> target.take(Files.readAllBytes(input)))
                    .as(input.toString())
                    .doesNotThrowAnyException();
        }
    }
}
