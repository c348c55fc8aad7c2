package dev.bocau.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// A real Redis Cluster of processes of its own, on free ports of the loopback, that keeps nothing
/// on disk. Ends with this JVM.
public final class RedisNodes implements AutoCloseable {
    private static final int SLOTS = 16_384;
    private static final int NODE_TIMEOUT_MS = 2_000;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(120);
    private static final long LOOK_AGAIN_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final List<Node> nodes;
    private final int mastersAtFirst;
    private final Path folder;
    private final Thread atExit = new Thread(this::kill);

    private record Node(int port, int clusterPort, Path folder, Process process) {}

    /// Three masters that all tests of this JVM share: each is to use names of its own.
    public static RedisNodes shared() {
        return Shared.NODES;
    }

    private static final class Shared {
        static final RedisNodes NODES = new RedisNodes(3);
    }

    /// Starts so many masters and waits until they form a cluster.
    public RedisNodes(int masters) {
        this(masters, 0);
    }

    /// Starts so many masters, each with so many replicas, and waits until they form a cluster.
    /// Masters come first; replica n is one of master n modulo the number of masters.
    public RedisNodes(int masters, int replicasEach) {
        mastersAtFirst = masters;
        try {
            folder = Files.createTempDirectory("bocau-redis");
            Runtime.getRuntime().addShutdownHook(atExit);
            nodes = new ArrayList<>();
            int count = masters * (1 + replicasEach);
            List<Integer> ports = freePorts(2 * count);
            for (int i = 0; i < count; i++) {
                Path data = Files.createDirectory(folder.resolve("node-" + i));
                nodes.add(start(data, ports.get(i), ports.get(count + i)));
            }
            form(masters);
        } catch (IOException e) {
            throw new IllegalStateException("Redis does not start; is redis-server installed?", e);
        }
    }

    /// As a client is told of them.
    public List<String> uris() {
        return nodes.stream().map(node -> "redis://127.0.0.1:" + node.port).toList();
    }

    private static Node start(Path folder, int port, int clusterPort) throws IOException {
        List<String> command = new ArrayList<>(List.of("redis-server", "--save", ""));
        command.addAll(List.of("--bind", "127.0.0.1", "--port", Integer.toString(port)));
        command.addAll(List.of("--appendonly", "no", "--maxmemory-policy", "noeviction"));
        command.addAll(List.of("--cluster-enabled", "yes", "--dir", folder.toString()));
        // The others go on where one is away.
        command.addAll(List.of("--cluster-require-full-coverage", "no"));
        // A replica that was left behind takes its master's place all the same.
        command.addAll(List.of("--cluster-replica-validity-factor", "0"));
        command.addAll(List.of("--cluster-port", Integer.toString(clusterPort)));
        command.addAll(List.of("--cluster-node-timeout", Integer.toString(NODE_TIMEOUT_MS)));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                        .start();
        return new Node(port, clusterPort, folder, process);
    }

    /// Ends a node as kill -9 does and starts it anew, without its data and before anybody takes
    /// its place.
    public void restart(int node) throws IOException {
        kill(node);
        Node before = nodes.get(node);
        nodes.set(node, start(before.folder, before.port, before.clusterPort));
        awaitAnswer(node);
        awaitFormed(node);
    }

    /// How many bytes of what a master has done its replica has not: they are lost with it.
    public long behind(int master) throws IOException {
        return number(ask(master, "INFO replication"), "master_repl_offset:(\\d+)")
                - number(ask(replicaOf(master), "INFO replication"), "slave_repl_offset:(\\d+)");
    }

    /// The other one of a pair: they take turns as master.
    private int replicaOf(int master) {
        return (master + mastersAtFirst) % nodes.size();
    }

    private static long number(String info, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(info);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    /// Has a node stand still, as on a machine that swaps, until it is to go on.
    public void pause(int node, boolean pause) throws IOException {
        String signal = pause ? "-STOP" : "-CONT";
        String pid = Long.toString(nodes.get(node).process.pid());
        new ProcessBuilder("kill", signal, pid).start().onExit().join();
    }

    /// All at once, so that none is given twice.
    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket each : held) {
                each.close();
            }
        }
    }

    private void form(int masters) throws IOException {
        for (int i = 0; i < nodes.size(); i++) {
            awaitAnswer(i);
            ask(i, "CLUSTER SET-CONFIG-EPOCH " + (i + 1));
            if (i < masters) {
                int first = SLOTS * i / masters;
                int last = SLOTS * (i + 1) / masters - 1;
                ask(i, "CLUSTER ADDSLOTSRANGE %d %d".formatted(first, last));
            }
        }
        for (Node node : nodes.subList(1, nodes.size())) {
            ask(0, "CLUSTER MEET 127.0.0.1 %d %d".formatted(node.port, node.clusterPort));
        }
        for (int i = 0; i < nodes.size(); i++) {
            awaitFormed(i);
        }
        for (int i = masters; i < nodes.size(); i++) {
            int replica = i;
            String master = ask(i % masters, "CLUSTER MYID").lines().toList().getLast();
            await(() -> {
                try {
                    return ask(replica, "CLUSTER REPLICATE " + master).contains("OK");
                } catch (IOException notKnownYet) {
                    return false;
                }
            });
            await(() -> isReplica(replica));
        }
    }

    /// Whether a node follows its master without a gap.
    private boolean isReplica(int node) throws IOException {
        String info = ask(node, "INFO replication");
        return info.contains("role:slave") && info.contains("master_link_status:up");
    }

    /// The nodes that are masters at the moment and live.
    public List<Integer> masters() {
        return all().filter(i -> nodes.get(i).process.isAlive())
                .boxed()
                .filter(i -> {
                    try {
                        return ask(i, "INFO replication").contains("role:master");
                    } catch (IOException gone) {
                        return false;
                    }
                })
                .toList();
    }

    /// Ends a node as kill -9 does.
    public void kill(int node) {
        nodes.get(node).process.destroyForcibly().onExit().join();
    }

    /// Starts a node that was killed, without its data, and waits until it follows who is master
    /// now, or is that itself.
    public void start(int node) throws IOException {
        Node before = nodes.get(node);
        nodes.set(node, start(before.folder, before.port, before.clusterPort));
        awaitAnswer(node);
        await(() ->
                isReplica(node)
                        || (masters().contains(node) && masters().size() == mastersAtFirst));
    }

    /// Has a master's replica stand still where it is: its connection is cut, and it cannot sign in
    /// for another one until it is started again.
    public void leaveReplicaBehind(int master) throws IOException {
        ask(replicaOf(master), "CONFIG SET masterauth refused");
        ask(master, "CLIENT KILL TYPE replica");
    }

    private void awaitFormed(int node) throws IOException {
        await(() -> {
            String info = ask(node, "CLUSTER INFO");
            return info.contains("cluster_state:ok")
                    && info.contains("cluster_known_nodes:" + nodes.size());
        });
    }

    private void awaitAnswer(int node) throws IOException {
        await(() -> {
            try {
                return ask(node, "PING").contains("PONG");
            } catch (IOException notYet) {
                return false;
            }
        });
    }

    private interface Question {
        boolean answered() throws IOException;
    }

    private static void await(Question question) throws IOException {
        long until = System.nanoTime() + PATIENCE_NS;
        while (!question.answered()) {
            if (System.nanoTime() > until) {
                throw new IOException("the Redis Cluster has not formed");
            }
            LockSupport.parkNanos(LOOK_AGAIN_NS);
        }
    }

    /// Asks one node, past the client that is tested.
    public String ask(int node, String command) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), nodes.get(node).port)) {
            socket.getOutputStream()
                    .write((command + "\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            List<String> lines = new ArrayList<>(in.lines().toList());
            lines.removeLast(); // the answer to QUIT
            String answer = String.join("\n", lines);
            if (answer.startsWith("-")) {
                throw new IOException(command + ": " + answer);
            }
            return answer;
        }
    }

    /// So many as there are.
    public IntStream all() {
        return IntStream.range(0, nodes.size());
    }

    /// The processor time that all of them have taken so far.
    public Duration processorTime() {
        return Processes.time(nodes.stream().map(Node::process));
    }

    private void kill() {
        nodes.forEach(node -> node.process.destroyForcibly());
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        kill();
    }
}
