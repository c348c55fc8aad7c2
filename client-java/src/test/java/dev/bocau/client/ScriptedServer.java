package dev.bocau.client;

import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.DeviceConnected;
import dev.bocau.protocol.Pong;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.protocol.Sync;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A server of one's own making, for what no real one can be brought to say in a test: another time
/// of day, or nothing.
final class ScriptedServer implements AutoCloseable {
    private final ServerSocket listening;
    private final DeviceConnected terms;
    private final Function<ClientFrame, @Nullable ServerFrame> answers;
    private final List<Socket> connections = new CopyOnWriteArrayList<>();

    /// Of all connections, in order.
    final List<ClientFrame> heard = new CopyOnWriteArrayList<>();

    /// @param terms what device_connect is answered with; nothing was missed
    /// @param answers to everything but device_connect; null: a pong to a ping, else none
    ScriptedServer(
            DeviceConnected.Builder terms, Function<ClientFrame, @Nullable ServerFrame> answers)
            throws IOException {
        this.terms =
                terms.setSync(Sync.SYNC_CURRENT)
                        .setAckEvery(32)
                        .setAckMs(100)
                        .setMaxFrameBytes(65_536)
                        .setMaxContentBytes(4_096)
                        .build();
        this.answers = answers;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        thread(this::accept);
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "scripted-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                connections.add(socket);
                thread(() -> serve(socket));
            } catch (IOException e) {
                // It was closed.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            int version = in.read();
            while (version == 1) {
                ClientFrame frame = Wire.read(in);
                heard.add(frame);
                ServerFrame answer = answer(frame);
                if (answer != null) {
                    socket.getOutputStream().write(answer.toByteArray());
                }
            }
        } catch (IOException e) {
            // The client has gone.
        }
    }

    private @Nullable ServerFrame answer(ClientFrame frame) {
        if (frame.hasDeviceConnect()) {
            return ServerFrame.newBuilder().setDeviceConnected(terms).build();
        }
        ServerFrame answer = answers.apply(frame);
        if (answer == null && frame.hasPing()) {
            Pong pong = Pong.newBuilder().setTimestamp(frame.getPing().getTimestamp()).build();
            return ServerFrame.newBuilder().setPong(pong).build();
        }
        return answer;
    }

    Address address() {
        return Address.plain("127.0.0.1", listening.getLocalPort());
    }

    long heard(ClientFrame.BodyCase body) {
        return heard.stream().filter(frame -> frame.getBodyCase() == body).count();
    }

    /// Ends the connections that there are.
    void hangUp() throws IOException {
        for (Socket each : connections) {
            each.close();
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        hangUp();
    }
}
