package dev.bocau.bench.scenario;

import dev.bocau.bench.machine.LiveHeap;
import dev.bocau.bench.machine.Machine;
import dev.bocau.bench.subject.Subject.Conversation;
import dev.bocau.bench.subject.bocau.Bocau;
import dev.bocau.bench.wire.Installation;
import dev.bocau.bench.wire.Meter.Bytes;
import dev.bocau.bench.wire.Way;
import dev.bocau.bench.wire.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// What each transport of Bocau costs: bytes on the wire of all that happens to a message, and of
/// silence; and heap of the server for a connection.
@Command(
        name = "transports",
        mixinStandardHelpOptions = true,
        description =
                "Bocau's transports and encodings: bytes on the wire, and heap of an idle connection.")
public final class Transports implements Callable<Integer> {
    private static final String CONTENT =
            "Chiều nay sáu giờ mình gặp nhau ở quán cà phê ven Hồ Tây nhé";
    private static final int DEVICES = 4;
    private static final int AT_ONCE = 16;

    /// The stored cursor may lag a second behind the acknowledgements.
    private static final Duration CURSOR_STORED = Duration.ofSeconds(2);

    @Option(
            names = "--exchanges",
            description = "messages that are measured on each; default: ${DEFAULT-VALUE}")
    private int exchanges = 5;

    @Option(
            names = "--beats",
            description = "heartbeats of 30 s that are waited for; default: ${DEFAULT-VALUE}")
    private int beats = 2;

    @Option(
            names = "--connections",
            description = "idle ones whose heap is measured; default: ${DEFAULT-VALUE}")
    private int connections = 1_000;

    @Option(
            names = "--from",
            description = "idle ones before the first look; default: ${DEFAULT-VALUE}")
    private int from = 250;

    @Option(names = "--folder", description = "default: ${DEFAULT-VALUE}")
    private Path folder = Path.of("bench", "target");

    /// Averages of one transport.
    ///
    /// @param connected a new device, until it has its snapshot
    /// @param sent by the sender's device, until it has its ✓
    /// @param received by the other device, and acknowledged
    /// @param ticked on both devices: ✓✓, reading, blue ✓✓
    /// @param resumed with one message missed
    /// @param silentHour of a device that is told nothing
    private record Wired(
            Bytes connected,
            Bytes sent,
            Bytes received,
            Bytes ticked,
            Bytes resumed,
            Bytes silentHour) {}

    @Override
    public Integer call() throws IOException {
        System.out.printf(
                "Bytes up / down, what TCP carries, all framing included; a message of %d characters, %d bytes; average of %d%n%n%s%n%n",
                CONTENT.length(),
                CONTENT.getBytes(StandardCharsets.UTF_8).length,
                exchanges,
                Machine.described());
        Files.createDirectories(folder);
        Path here = Files.createTempDirectory(folder.toAbsolutePath(), "transports-");
        try {
            Map<Way, Wired> wired = onTheWire(here.resolve("bytes"));
            Map<Way, Double> heap = new EnumMap<>(Way.class);
            for (Way way : Way.values()) {
                heap.put(way, heapOfEach(way, here.resolve(way.name())));
            }
            System.out.println(table(wired, heap));
        } finally {
            Comparison.remove(here);
        }
        return 0;
    }

    private static String table(Map<Way, Wired> wired, Map<Way, Double> heap) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(
                List.of(
                        "transport",
                        "a device connects",
                        "a message sent, ✓",
                        "received",
                        "✓✓, read, blue ✓✓",
                        "back, one missed",
                        "a silent hour",
                        "live heap of an idle connection"));
        for (Way way : Way.values()) {
            Wired each = Objects.requireNonNull(wired.get(way));
            Stream<String> bytes =
                    Stream.of(
                                    each.connected(),
                                    each.sent(),
                                    each.received(),
                                    each.ticked(),
                                    each.resumed(),
                                    each.silentHour())
                            .map(both -> "%,.0f / %,.0f".formatted(both.up(), both.down()));
            lines.add(
                    Stream.of(
                                    Stream.of(way.toString()),
                                    bytes,
                                    Stream.of(
                                            "%,.0f"
                                                    .formatted(
                                                            Objects.requireNonNull(heap.get(way)))))
                            .flatMap(Function.identity())
                            .toList());
        }
        return Table.markdown(lines);
    }

    // ---------------------------------------------------------------------------------------------------------- bytes

    /// All of them at once: bytes do not mind.
    private Map<Way, Wired> onTheWire(Path data) throws IOException {
        Map<Way, Wired> all = new ConcurrentHashMap<>();
        try (Bocau server = started(data)) {
            List<Way> ways = List.of(Way.values());
            Crowd.each(ways, ways.size(), way -> all.put(way, onTheWire(server, way)));
        }
        return all;
    }

    private static Bocau started(Path folder) throws IOException {
        return new Bocau(Files.createDirectories(folder));
    }

    /// Names are as long on all of them.
    private Wired onTheWire(Bocau server, Way way) throws IOException {
        String c = "talk-%03d".formatted(way.ordinal());
        String alice = "alice-%02d".formatted(way.ordinal());
        String bob = "bobby-%02d".formatted(way.ordinal());
        server.prepare(List.of(new Conversation(c, List.of(alice, bob))));
        Installation phone = new Installation("phone-01", server.token(alice));
        Installation tablet = new Installation("phone-02", server.token(bob));
        try (Wire sender = connected(server, way, phone)) {
            Bytes connected = sender.meter().read();
            List<Bytes[]> measured = new ArrayList<>();
            try (Wire reader = connected(server, way, tablet)) {
                for (int seq = 1; seq <= exchanges; seq++) {
                    measured.add(exchange(c, seq, sender, reader));
                }
                LockSupport.parkNanos(CURSOR_STORED.toNanos());
            }
            send(sender, c);
            Bytes resumed;
            try (Wire back = way.open(server, tablet)) {
                back.introduce();
                back.await("sync_missed_messages");
                back.acknowledge();
                resumed = back.meter().read();
                sender.await("delivery_updates");
            }
            sender.acknowledge();
            return new Wired(
                    connected,
                    average(measured, 0),
                    average(measured, 1),
                    average(measured, 2),
                    resumed,
                    silentHour(sender));
        }
    }

    private static Wire connected(Bocau server, Way way, Installation device) throws IOException {
        Wire wire = way.open(server, device);
        wire.introduce();
        wire.await("sync_conversation_states");
        wire.acknowledge();
        return wire;
    }

    private static void send(Wire sender, String conversation) throws IOException {
        sender.send(conversation, UUID.randomUUID().toString(), CONTENT);
        sender.await("message_received");
        sender.acknowledge();
    }

    /// @return sent, received, ticked
    private static Bytes[] exchange(String c, long seq, Wire sender, Wire reader)
            throws IOException {
        Bytes atSender = sender.meter().read();
        Bytes atReader = reader.meter().read();
        send(sender, c);
        Bytes sent = sender.meter().read();
        reader.await("new_message");
        reader.acknowledge();
        Bytes received = reader.meter().read();
        sender.await("delivery_updates");
        sender.acknowledge();
        reader.markRead(c, seq);
        reader.await("messages_read_sync");
        reader.acknowledge();
        sender.await("read_receipts");
        sender.acknowledge();
        Bytes ticked =
                sender.meter().read().minus(sent).plus(reader.meter().read().minus(received));
        return new Bytes[] {sent.minus(atSender), received.minus(atReader), ticked};
    }

    private static Bytes average(List<Bytes[]> measured, int which) {
        return measured.stream()
                .map(each -> each[which])
                .reduce(Bytes::plus)
                .orElseThrow()
                .times(1.0 / measured.size());
    }

    /// From one heartbeat to another, and from that an hour.
    private Bytes silentHour(Wire wire) throws IOException {
        wire.beat();
        Bytes before = wire.meter().read();
        long begun = System.nanoTime();
        for (int i = 0; i < beats; i++) {
            wire.beat();
        }
        double hours = (System.nanoTime() - begun) / (double) Duration.ofHours(1).toNanos();
        return wire.meter().read().minus(before).times(1 / hours);
    }

    // ----------------------------------------------------------------------------------------------------------- heap

    /// On a server of its own, on which nobody has left anything.
    private double heapOfEach(Way way, Path data) throws IOException {
        List<Wire> open = new ArrayList<>();
        try (Bocau server = started(data)) {
            open.addAll(idle(server, way, 0, from));
            long before = LiveHeap.of(server.jvms().getFirst());
            open.addAll(idle(server, way, from, from + connections));
            long after = LiveHeap.of(server.jvms().getFirst());
            return (after - before) / (double) connections;
        } finally {
            for (Wire wire : open) {
                wire.close();
            }
        }
    }

    private static List<Wire> idle(Bocau server, Way way, int first, int end) throws IOException {
        List<Wire> wires = new ArrayList<>();
        List<Integer> numbers = IntStream.range(first, end).boxed().toList();
        Crowd.each(
                numbers,
                AT_ONCE,
                number -> {
                    String token = server.token("idle-" + number / DEVICES);
                    Installation device = new Installation("device-" + number % DEVICES, token);
                    Wire wire = connected(server, way, device);
                    wire.rest();
                    synchronized (wires) {
                        wires.add(wire);
                    }
                });
        return wires;
    }
}
