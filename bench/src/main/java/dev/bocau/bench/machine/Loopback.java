package dev.bocau.bench.machine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/// How long a byte takes to another thread and back over a TCP connection of this machine.
///
/// @param seldomNs median where one is sent only now and then
public record Loopback(double perSecond, long p50Ns, long seldomNs) {

    static Loopback measure(Duration time, Duration nowAndThen) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket near = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket far = listener.accept()) {
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
            Thread echo = Thread.ofPlatform().daemon().start(() -> echo(far));
            Laps.Lap roundTrip =
                    () -> {
                        near.getOutputStream().write(1);
                        if (near.getInputStream().read() < 0) {
                            throw new IOException("the echo has ended");
                        }
                    };
            Histogram often = Laps.of(roundTrip, time, Duration.ZERO);
            Histogram seldom = Laps.of(roundTrip, time, nowAndThen);
            echo.interrupt();
            return new Loopback(
                    Laps.perSecond(often, time), Laps.medianNs(often), Laps.medianNs(seldom));
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
