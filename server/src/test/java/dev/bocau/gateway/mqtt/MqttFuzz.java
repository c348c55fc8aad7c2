package dev.bocau.gateway.mqtt;

import dev.bocau.testing.FuzzedSockets;
import dev.bocau.testing.MqttSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Packets of MQTT that nobody would send, before a device has introduced itself and after.
public final class MqttFuzz {
    private static final FuzzedSockets SOCKETS = new FuzzedSockets();
    private static final int INTRODUCED = 1;
    private static final int FIVE = 2;
    private static final int IN_PIECES = 4;

    private MqttFuzz() {}

    /// One socket, from its beginning to its end.
    ///
    /// @param input what comes before: bits; and then the bytes
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        int how = input[0];
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
        List<byte[]> said = new ArrayList<>();
        if ((how & INTRODUCED) != 0) {
            boolean five = (how & FIVE) != 0;
            said.add(
                    MqttSocket.connect(
                            five ? MqttSocket.body() : null,
                            "phone",
                            "anybody",
                            SOCKETS.token(),
                            true,
                            60));
            said.add(MqttSocket.subscribe(five, 1, "inbox", 1));
        }
        int half = (how & IN_PIECES) != 0 ? bytes.length / 2 : 0;
        said.add(Arrays.copyOf(bytes, half));
        said.add(Arrays.copyOfRange(bytes, half, bytes.length));
        MqttGateway gateway = new MqttGateway(SOCKETS.sessions(), SOCKETS.limits());
        SOCKETS.client(gateway::opened, said);
    }
}
