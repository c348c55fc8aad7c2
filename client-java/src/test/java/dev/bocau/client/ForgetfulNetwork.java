package dev.bocau.client;

import dev.bocau.protocol.ClientFrame;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A network between clients and a server that can forget the connections it carries, as those do
/// that translate addresses: what the server sends is lost then, and what the client sends is
/// answered with a reset or lost, too. Connections opened later are carried again.
final class ForgetfulNetwork implements AutoCloseable {
    private enum Memory {
        CARRIED,
        RESET,
        SWALLOWED
    }

    private final class Carried {
        final Socket client;
        final Socket server;
        volatile Memory memory = Memory.CARRIED;

        Carried(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void fromClient() {
            try (client;
                    server) {
                InputStream in = client.getInputStream();
                int version = in.read();
                ClientFrame hello = Wire.read(in);
                proposedMs.add(hello.getDeviceConnect().getHeartbeatMs());
                server.getOutputStream().write(version);
                server.getOutputStream().write(hello.toByteArray());
                byte[] bytes = new byte[8_192];
                for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                    if (memory == Memory.RESET) {
                        client.setSoLinger(true, 0);
                        return;
                    }
                    if (memory == Memory.SWALLOWED) {
                        swallowed = true;
                    } else {
                        stirredAtNanos = System.nanoTime();
                        server.getOutputStream().write(bytes, 0, n);
                    }
                }
            } catch (IOException e) {
                // The connection has ended.
            }
        }

        void fromServer() {
            try {
                InputStream in = server.getInputStream();
                byte[] bytes = new byte[8_192];
                for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                    if (memory == Memory.CARRIED) {
                        stirredAtNanos = System.nanoTime();
                        client.getOutputStream().write(bytes, 0, n);
                    }
                }
            } catch (IOException e) {
                // The connection has ended.
            }
            try {
                if (memory == Memory.CARRIED) {
                    client.close();
                }
            } catch (IOException e) {
                // So it has.
            }
        }
    }

    private final ServerSocket listening;
    private final int serverPort;
    private final List<Carried> connections = new CopyOnWriteArrayList<>();
    private volatile long stirredAtNanos = System.nanoTime();

    /// The silence that each device_connect has proposed, in turn.
    final List<Integer> proposedMs = new CopyOnWriteArrayList<>();

    /// Something of the client was lost.
    volatile boolean swallowed;

    ForgetfulNetwork(int serverPort) throws IOException {
        this.serverPort = serverPort;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        thread(this::accept);
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "network");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                Carried carried = new Carried(client, server);
                connections.add(carried);
                thread(carried::fromClient);
                thread(carried::fromServer);
            } catch (IOException e) {
                // Closed, or there is no server now.
            }
        }
    }

    Address address() {
        return Address.plain("127.0.0.1", listening.getLocalPort());
    }

    /// For so long nothing has gone either way.
    long silentMs() {
        return (System.nanoTime() - stirredAtNanos) / 1_000_000;
    }

    /// What a client sends over a connection of now is answered with a reset.
    void forgetAndReset() {
        connections.forEach(each -> each.memory = Memory.RESET);
    }

    /// Nobody is told that the connections of now are gone.
    void forgetAndSwallow() {
        connections.forEach(each -> each.memory = Memory.SWALLOWED);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Carried each : connections) {
            each.client.close();
            each.server.close();
        }
    }
}
