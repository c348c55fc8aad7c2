package dev.bocau.bench.subject;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A server's process with all that it starts. Closing it ends all of them; so does the end of this
/// JVM.
public final class ServerProcess implements AutoCloseable {
    private static final long START_S = 180;
    private static final long STOP_S = 30;
    private static final long LOOK_AGAIN_MS = 20;

    private final Process process;
    private final File log;
    private final Thread atExit = new Thread(this::kill);

    /// Starts a command.
    ///
    /// @param log where it tells what it does
    /// @param environment beside that of this JVM
    public ServerProcess(Path log, Map<String, String> environment, List<String> command)
            throws IOException {
        this.log = log.toFile();
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(this.log);
        builder.environment().putAll(environment);
        process = builder.start();
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /// Starts a peer by its script, `bench/peers/NAME/start FOLDER PORT…`, and waits until it
    /// listens on the first port.
    public static ServerProcess peer(String name, Path folder, List<Integer> ports)
            throws IOException {
        Stream<String> script =
                Stream.of("bench/peers/" + name + "/start", folder.toAbsolutePath().toString());
        List<String> command =
                Stream.concat(script, ports.stream().map(port -> Integer.toString(port))).toList();
        ServerProcess started = new ServerProcess(folder.resolve(name + ".log"), Map.of(), command);
        try {
            started.awaitPort(ports.getFirst());
        } catch (IOException e) {
            started.close();
            throw e;
        }
        return started;
    }

    /// A port of the loopback where nobody listens at the moment.
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /// Waits until somebody listens on a port.
    public void awaitPort(int port) throws IOException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_S);
        while (System.nanoTime() < until) {
            try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException notYet) {
                pause();
            }
        }
        throw new IOException("not started in " + START_S + " s: " + told());
    }

    private void pause() throws IOException {
        try {
            if (process.waitFor(LOOK_AGAIN_MS, TimeUnit.MILLISECONDS)) {
                throw new IOException("ended: " + told());
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    /// What it has said.
    public String told() throws IOException {
        return Files.readString(log.toPath()).strip();
    }

    /// Its process and all that came from it and still run.
    public List<Long> pids() {
        return family().map(ProcessHandle::pid).toList();
    }

    private Stream<ProcessHandle> family() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants());
    }

    /// Ends it: first by a SIGTERM and the end of its input, then by force.
    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        List<ProcessHandle> all = family().toList();
        try {
            process.getOutputStream().close();
            process.destroy();
            process.waitFor(STOP_S, TimeUnit.SECONDS);
        } catch (IOException | InterruptedException e) {
            process.destroyForcibly();
        }
        all.forEach(ProcessHandle::destroyForcibly);
    }

    private void kill() {
        family().toList().forEach(ProcessHandle::destroyForcibly);
    }
}
