package dev.bocau.bench.machine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/// How long a byte takes to another thread and back over a TCP connection of this machine.
public record Loopback(double perSecond, long p50Ns) {

    public static Loopback measure(Duration time) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket near = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket far = listener.accept()) {
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
            Thread echo = Thread.ofPlatform().daemon().start(() -> echo(far));
            Histogram latency = new Histogram(3);
            long start = System.nanoTime();
            long now = start;
            while (now < start + time.toNanos()) {
                near.getOutputStream().write(1);
                if (near.getInputStream().read() < 0) {
                    throw new IOException("the echo has ended");
                }
                long done = System.nanoTime();
                latency.recordValue(done - now);
                now = done;
            }
            echo.interrupt();
            return new Loopback(
                    latency.getTotalCount() * 1e9 / (now - start),
                    latency.getValueAtPercentile(50));
        }
    }

    private static void echo(Socket socket) {
        try {
            for (int next = socket.getInputStream().read();
                    next >= 0;
                    next = socket.getInputStream().read()) {
                socket.getOutputStream().write(next);
            }
        } catch (IOException measured) {
            // The other end was closed: done.
        }
    }
}
