package dev.bocau.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/// A network that breaks: stands in front of a port, passes bytes on, and cuts all connections
/// once, after so many bytes in one direction. Connections made after the cut are passed on.
public final class Cutter implements AutoCloseable {
    private static final int BUFFER_BYTES = 8_192;
    private static final ThreadFactory THREADS = Thread.ofVirtual().name("cutter").factory();

    /// Which bytes are counted.
    public enum Way {
        TO_SERVER,
        TO_CLIENT
    }

    private final ServerSocket door;
    private final int port;
    private final List<Socket> open = new ArrayList<>();
    private final long[] passed = new long[Way.values().length];
    private Way cutWay = Way.TO_SERVER;
    private long cutAfter = Long.MAX_VALUE;

    /// @param port of this machine, to which everything goes
    public Cutter(int port) throws IOException {
        this.port = port;
        this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        THREADS.newThread(this::accept).start();
    }

    public int port() {
        return door.getLocalPort();
    }

    /// Cuts once so many bytes more have passed this way; 0: the next one is not passed on any
    /// more.
    public synchronized void cutAfter(Way way, long bytes) {
        cutWay = way;
        cutAfter = bytes;
    }

    /// Lets everything pass.
    public synchronized void cutNever() {
        cutAfter = Long.MAX_VALUE;
    }

    /// How many bytes have passed.
    public synchronized long passed(Way way) {
        return passed[way.ordinal()];
    }

    private void accept() {
        try {
            while (true) {
                Socket client = door.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                synchronized (this) {
                    open.add(client);
                    open.add(server);
                }
                THREADS.newThread(() -> pass(client, server, Way.TO_SERVER)).start();
                THREADS.newThread(() -> pass(server, client, Way.TO_CLIENT)).start();
            }
        } catch (IOException closed) {
            cut();
        }
    }

    private void pass(Socket from, Socket to, Way way) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                int allowed = allowed(way, read);
                out.write(buffer, 0, allowed);
                if (allowed < read) {
                    cut();
                    return;
                }
            }
        } catch (IOException ended) {
            // The other half ends with it.
        } finally {
            synchronized (this) {
                open.remove(from);
                open.remove(to);
            }
        }
    }

    private synchronized int allowed(Way way, int bytes) {
        int allowed = bytes;
        if (way == cutWay && cutAfter != Long.MAX_VALUE) {
            allowed = (int) Math.min(bytes, cutAfter);
            cutAfter = allowed < bytes ? Long.MAX_VALUE : cutAfter - allowed;
        }
        passed[way.ordinal()] += allowed;
        return allowed;
    }

    private void cut() {
        List<Socket> all;
        synchronized (this) {
            all = List.copyOf(open);
        }
        for (Socket each : all) {
            try {
                each.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
