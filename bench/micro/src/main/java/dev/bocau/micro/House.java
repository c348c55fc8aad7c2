package dev.bocau.micro;

import com.google.protobuf.ByteString;
import dev.bocau.bus.Presence;
import dev.bocau.auth.Devices;
import dev.bocau.auth.Tokens;
import dev.bocau.auth.TrustedKeys;
import dev.bocau.bus.Bus;
import dev.bocau.bus.local.LocalBus;
import dev.bocau.chat.Conversations;
import dev.bocau.frame.Incoming;
import dev.bocau.frame.SharedFrame;
import dev.bocau.frame.WireFormat;
import dev.bocau.limits.Limits;
import dev.bocau.log.UserLog;
import dev.bocau.media.Examination;
import dev.bocau.media.MediaStorage;
import dev.bocau.media.Uploads;
import dev.bocau.media.Uses;
import dev.bocau.media.disk.Room;
import dev.bocau.media.disk.WorkFolder;
import dev.bocau.media.files.FileStorage;
import dev.bocau.model.Code;
import dev.bocau.model.Conversation;
import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Message;
import dev.bocau.model.ReadTime;
import dev.bocau.model.UserId;
import dev.bocau.protocol.Ack;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.Device;
import dev.bocau.protocol.DeviceConnect;
import dev.bocau.protocol.DeviceType;
import dev.bocau.protocol.Platform;
import dev.bocau.session.Connection;
import dev.bocau.session.Session;
import dev.bocau.session.SessionContext;
import dev.bocau.session.SessionRegistry;
import dev.bocau.session.Transport;
import dev.bocau.store.Draft;
import dev.bocau.store.Store;
import dev.bocau.store.embedded.EmbeddedStore;
import dev.bocau.store.embedded.StoreContext;
import dev.bocau.time.SystemTimer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Everything between a gateway and the disk, with one group, on a folder of its own.
final class House implements AutoCloseable {
    static final ConversationId GROUP = new ConversationId("group");
    private static final byte[] SECRET =
            "a secret of at least thirty-two bytes".getBytes(StandardCharsets.US_ASCII);
    private static final DeviceId DEVICE = new DeviceId("phone");
    private static final String CONTENT = "x".repeat(100);

    private final Path folder;
    private final Limits limits = Limits.standard();
    private final SystemTimer timer = new SystemTimer();
    private final ExecutorService lanes = Executors.newVirtualThreadPerTaskExecutor();
    private final Store store;
    private final UserLog log;
    private final Conversations conversations;
    private final Tokens tokens;
    private final SessionRegistry sessions;
    private final List<Sink> sinks = new ArrayList<>();
    private final AtomicLong localIds = new AtomicLong();

    /// @param members of the group, `user-0` and so on
    House(int members) throws IOException {
        folder =
                Files.createTempDirectory(
                        Files.createDirectories(Path.of("bench/target")), "micro-");
        InstantSource clock = InstantSource.system();
        SplittableRandom random = new SplittableRandom(1);
        SimpleMeterRegistry metrics = new SimpleMeterRegistry();
        store =
                EmbeddedStore.open(
                        folder.toAbsolutePath(),
                        new StoreContext(
                                limits,
                                ReadTime.EARLIEST_READ_WINS,
                                clock,
                                timer,
                                random,
                                Thread.ofPlatform().factory(),
                                metrics));
        Bus bus = new LocalBus();
        log = new UserLog(store, bus, limits);
        Room room = new Room(0);
        WorkFolder work = new WorkFolder(folder, room);
        MediaStorage storage = new FileStorage(folder.resolve("media"), room, clock);
        Uploads uploads =
                new Uploads(
                        storage,
                        new Examination(storage, List.of("*/*"), work, limits),
                        work,
                        limits,
                        clock,
                        random);
        conversations =
                new Conversations(
                        store, log, new Uses(storage, uploads, store, limits, clock), limits);
        tokens =
                new Tokens(
                        SECRET,
                        "the admin key",
                        new TrustedKeys(List.of(SECRET), Optional.empty(), Optional.empty()),
                        Optional.empty(),
                        Optional.empty(),
                        limits,
                        clock);
        Devices devices = new Devices(store, bus);
        sessions =
                new SessionRegistry(
                        new SessionContext(
                                limits,
                                tokens,
                                devices,
                                log,
                                conversations,
                                clock,
                                timer,
                                random,
                                (user, device, acknowledged) -> {},
                                lanes),
                        bus,
                        Presence.ALONE,
                        metrics);
        conversations.put(
                new Conversation(
                        GROUP, Conversation.Kind.GROUP, "", Conversation.History.FROM_JOIN),
                new LinkedHashSet<>(IntStream.range(0, members).mapToObj(House::user).toList()));
    }

    static UserId user(int number) {
        return new UserId("user-" + number);
    }

    Store store() {
        return store;
    }

    UserLog log() {
        return log;
    }

    Conversations conversations() {
        return conversations;
    }

    /// The next message of `user-0` to the group.
    Draft draft() {
        return new Draft(
                GROUP,
                user(0),
                DEVICE,
                new LocalId("local-" + localIds.incrementAndGet()),
                Message.Kind.TEXT,
                CONTENT, null,
                0);
    }

    /// Lets a device in that does nothing with what it gets, and waits until it is at the head.
    Sink connect(UserId user, WireFormat format) throws InterruptedException {
        Sink sink = new Sink(format);
        Session session = sessions.open(sink).orElseThrow();
        sink.session = session;
        DeviceConnect connect =
                DeviceConnect.newBuilder()
                        .setToken(tokens.mint(user, Optional.empty(), Duration.ofHours(1)).token())
                        .setDevice(
                                Device.newBuilder()
                                        .setId(DEVICE.value())
                                        .setType(DeviceType.DEVICE_TYPE_MOBILE)
                                        .setPlatform(Platform.PLATFORM_ANDROID)
                                        .setAppVersion("micro"))
                        .build();
        session.receive(
                new Incoming.Frame(ClientFrame.newBuilder().setDeviceConnect(connect).build()));
        // The answer and a page of a snapshot.
        sink.await(2);
        sink.acknowledge();
        sinks.add(sink);
        return sink;
    }

    /// A connection that encodes as a gateway does and writes nowhere.
    static final class Sink implements Connection {
        private final WireFormat format;
        private Session session;
        private byte[] position = NO_POSITION;
        private long frames;
        private long bytes;

        Sink(WireFormat format) {
            this.format = format;
        }

        @Override
        public Transport transport() {
            return Transport.WEBSOCKET;
        }

        @Override
        public synchronized void send(byte[] at, SharedFrame frame) {
            if (at.length > 0) {
                position = at;
            }
            frames++;
            bytes += format.envelope(at).length + frame.body(format).length;
            notifyAll();
        }

        /// How many frames have come so far.
        synchronized long frames() {
            return frames;
        }

        /// Waits until so many frames have come.
        synchronized void await(long count) throws InterruptedException {
            while (frames < count) {
                wait();
            }
        }

        void acknowledge() {
            byte[] at;
            synchronized (this) {
                at = position;
            }
            Ack ack = Ack.newBuilder().setPosition(ByteString.copyFrom(at)).build();
            session.receive(new Incoming.Frame(ClientFrame.newBuilder().setAck(ack).build()));
        }

        @Override
        public long pendingBytes() {
            return 0;
        }

        @Override
        public void ping() {}

        @Override
        public void read(boolean on) {}

        @Override
        public void close(Code code, String reason) {
            throw new IllegalStateException(code + " " + reason);
        }
    }

    @Override
    public void close() throws IOException {
        sinks.forEach(sink -> sink.session.closed());
        lanes.close();
        store.close();
        timer.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
