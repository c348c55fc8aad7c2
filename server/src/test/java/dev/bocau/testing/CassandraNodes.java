package dev.bocau.testing;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A real Cassandra of one or more processes, node N at 127.0.0.N, on free ports. Ends with this
/// JVM. It runs on a Java 17, which it needs.
public final class CassandraNodes implements AutoCloseable {
    private static final Path CLASSPATH = Path.of("../engines/target/cassandra.classpath");
    private static final long START_NS = TimeUnit.SECONDS.toNanos(120);
    private static final int STARTS = 5;
    private static final long LOOK_AGAIN_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Path folder;
    private final int storagePort;
    private final int port;
    private final List<@Nullable Process> nodes = new ArrayList<>();
    private final Thread atExit = new Thread(this::kill);

    /// One node that all tests of this JVM share: each is to use names of its own.
    public static CassandraNodes shared() {
        return Shared.NODES;
    }

    private static final class Shared {
        static final CassandraNodes NODES = new CassandraNodes(1);
    }

    /// Starts so many nodes, one after the other, each when the one before is up.
    public CassandraNodes(int count) {
        try {
            folder = Files.createTempDirectory("bocau-cassandra");
            try (ServerSocket one = free();
                    ServerSocket other = free()) {
                storagePort = one.getLocalPort();
                port = other.getLocalPort();
            }
            Runtime.getRuntime().addShutdownHook(atExit);
            for (int i = 0; i < count; i++) {
                nodes.add(null);
                start(i);
            }
        } catch (IOException e) {
            throw new IllegalStateException("Cassandra does not start", e);
        }
    }

    private static ServerSocket free() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    /// As a client is told of them: host:port.
    public List<String> addresses() {
        return IntStream.rangeClosed(1, nodes.size())
                .mapToObj(n -> "127.0.0.%d:%d".formatted(n, port))
                .toList();
    }

    /// Starts a node that was not there or was killed, with the data that it had, and waits until
    /// clients can connect.
    public void start(int node) throws IOException {
        Path home = Files.createDirectories(folder.resolve("node-" + (node + 1)));
        Path yaml = home.resolve("cassandra.yaml");
        Files.writeString(yaml, settings(node + 1));
        for (int attempt = 1; ; attempt++) {
            Process process =
                    new ProcessBuilder(command(home, yaml))
                            .redirectErrorStream(true)
                            .redirectOutput(
                                    ProcessBuilder.Redirect.appendTo(home.resolve("log").toFile()))
                            .start();
            nodes.set(node, process);
            try {
                awaitStarted(node, process, home);
                return;
            } catch (IOException e) {
                // A node ends when the first one does not answer it within `ring_delay_ms`.
                if (process.isAlive() || attempt == STARTS) {
                    throw e;
                }
            }
        }
    }

    /// The commit log is mapped into memory: what a killed node has acknowledged is in the page
    /// cache.
    private String settings(int number) {
        return """
        cluster_name: bocau
        num_tokens: 16
        partitioner: org.apache.cassandra.dht.Murmur3Partitioner
        endpoint_snitch: SimpleSnitch
        listen_address: 127.0.0.%1$d
        rpc_address: 127.0.0.%1$d
        storage_port: %2$d
        native_transport_port: %3$d
        seed_provider:
          - class_name: org.apache.cassandra.locator.SimpleSeedProvider
            parameters:
              - seeds: "127.0.0.1:%2$d"
        commitlog_sync: periodic
        commitlog_sync_period: 1000ms
        commitlog_disk_access_mode: mmap
        paxos_variant: v2
        cas_contention_timeout: 1000ms
        write_request_timeout: 2000ms
        read_request_timeout: 3000ms
        concurrent_reads: 4
        concurrent_writes: 8
        concurrent_counter_writes: 2
        memtable_heap_space: 32MiB
        memtable_offheap_space: 32MiB
        key_cache_size: 0MiB
        auto_snapshot: false
        """
                .formatted(number, storagePort, port);
    }

    private List<String> command(Path home, Path yaml) throws IOException {
        String classpath = Files.readString(CLASSPATH).strip();
        String jamm =
                Arrays.stream(classpath.split(File.pathSeparator))
                        .filter(jar -> jar.contains("/jamm-"))
                        .findFirst()
                        .orElseThrow();
        Stream<String> flags =
                """
                -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx320M -Xss512k -XX:MaxDirectMemorySize=128m
                -Djava.net.preferIPv4Stack=true -Dcassandra-foreground=yes -Dcassandra.ring_delay_ms=1000
                -Dcassandra.skip_wait_for_gossip_to_settle=0 -Dcassandra.superuser_setup_delay_ms=0
                -Djdk.attach.allowAttachSelf=true -Dio.netty.tryReflectionSetAccessible=true
                """
                        .lines()
                        .flatMap(line -> Stream.of(line.split(" ")));
        return Stream.of(
                        Stream.of(java17() + "/bin/java", "-javaagent:" + jamm),
                        flags,
                        opened(),
                        Stream.of(
                                "-Dcassandra.config=" + yaml.toUri(),
                                "-Dcassandra.storagedir=" + home.resolve("data"),
                                "-Dcassandra.logdir=" + home,
                                "-cp",
                                classpath,
                                "org.apache.cassandra.service.CassandraDaemon"))
                .flatMap(words -> words)
                .toList();
    }

    /// What Cassandra wants to see of the JDK's inside.
    private static Stream<String> opened() {
        Stream<String> exported =
                Stream.of(
                        "java.base/jdk.internal.misc",
                        "java.management.rmi/com.sun.jmx.remote.internal.rmi",
                        "java.rmi/sun.rmi.registry",
                        "java.rmi/sun.rmi.server",
                        "java.sql/java.sql",
                        "java.base/java.lang.ref",
                        "jdk.unsupported/sun.misc");
        Stream<String> opened =
                Stream.of(
                        "java.base/java.lang.module",
                        "java.base/jdk.internal.loader",
                        "java.base/jdk.internal.ref",
                        "java.base/jdk.internal.reflect",
                        "java.base/jdk.internal.math",
                        "java.base/jdk.internal.module",
                        "java.base/jdk.internal.util.jar",
                        "jdk.management/com.sun.management.internal",
                        "java.base/sun.nio.ch",
                        "java.base/java.io",
                        "java.base/java.lang.reflect",
                        "java.base/java.lang",
                        "java.base/java.util");
        return Stream.concat(
                exported.map(it -> "--add-exports=" + it + "=ALL-UNNAMED"),
                opened.map(it -> "--add-opens=" + it + "=ALL-UNNAMED"));
    }

    private static Path java17() throws IOException {
        try (Stream<Path> homes = Files.list(Path.of("/usr/lib/jvm"))) {
            return homes.filter(home ->
                            home.getFileName().toString().matches("(java|temurin)-?(1\\.)?17.*"))
                    .filter(home -> Files.isExecutable(home.resolve("bin/java")))
                    .sorted()
                    .findFirst()
                    .orElseThrow(
                            () -> new IOException("Cassandra needs a Java 17 in /usr/lib/jvm"));
        }
    }

    /// The processor time that all of them have taken so far.
    public Duration processorTime() {
        return Processes.time(nodes.stream().flatMap(Stream::ofNullable));
    }

    private void awaitStarted(int node, Process process, Path home) throws IOException {
        long until = System.nanoTime() + START_NS;
        InetSocketAddress address = new InetSocketAddress("127.0.0." + (node + 1), port);
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(address, 1_000);
                return;
            } catch (IOException notYet) {
                if (!process.isAlive() || System.nanoTime() > until) {
                    throw new IOException(
                            "Cassandra did not start:\n" + lastLines(home.resolve("log")), notYet);
                }
                LockSupport.parkNanos(LOOK_AGAIN_NS);
            }
        }
    }

    private static String lastLines(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return lines.stream()
                .skip(Math.max(0, lines.size() - 30))
                .collect(Collectors.joining("\n"));
    }

    /// As kill -9 does, and waits until it is gone.
    public void kill(int node) {
        Process process = Objects.requireNonNull(nodes.get(node));
        process.destroyForcibly().onExit().join();
    }

    private void kill() {
        nodes.stream().filter(Objects::nonNull).forEach(Process::destroyForcibly);
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        kill();
    }
}
