package dev.bocau;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.bocau.auth.Devices;
import dev.bocau.auth.Tokens;
import dev.bocau.bus.Bus;
import dev.bocau.bus.Hint;
import dev.bocau.bus.Presence;
import dev.bocau.bus.local.LocalBus;
import dev.bocau.bus.redis.RedisBus;
import dev.bocau.bus.redis.RedisPresence;
import dev.bocau.chat.Conversations;
import dev.bocau.config.Config;
import dev.bocau.demo.Demo;
import dev.bocau.gateway.Cors;
import dev.bocau.gateway.EventLoops;
import dev.bocau.gateway.Listener;
import dev.bocau.gateway.RealtimePaths;
import dev.bocau.gateway.Tls;
import dev.bocau.gateway.http.ConnectRoutes;
import dev.bocau.gateway.http.ConversationRoutes;
import dev.bocau.gateway.http.HttpListener;
import dev.bocau.gateway.http.MediaRoutes;
import dev.bocau.gateway.http.OpsRoutes;
import dev.bocau.gateway.http.UploadRoutes;
import dev.bocau.gateway.http.UserRoutes;
import dev.bocau.gateway.http.WebClient;
import dev.bocau.gateway.longpoll.LongPollGateway;
import dev.bocau.gateway.mqtt.MqttGateway;
import dev.bocau.gateway.socketio.SocketIoGateway;
import dev.bocau.gateway.tcp.TcpGateway;
import dev.bocau.gateway.websocket.WebSocketGateway;
import dev.bocau.limits.Limits;
import dev.bocau.log.UserLog;
import dev.bocau.media.Downloads;
import dev.bocau.media.Examination;
import dev.bocau.media.Folders;
import dev.bocau.media.MediaStorage;
import dev.bocau.media.SignedUrls;
import dev.bocau.media.Sweep;
import dev.bocau.media.Uploads;
import dev.bocau.media.Uses;
import dev.bocau.media.files.FileStorage;
import dev.bocau.media.s3.Bucket;
import dev.bocau.redis.RedisCluster;
import dev.bocau.session.SessionContext;
import dev.bocau.session.SessionRegistry;
import dev.bocau.store.Store;
import dev.bocau.store.cluster.ClusterContext;
import dev.bocau.store.cluster.ClusterStore;
import dev.bocau.store.cluster.Engines;
import dev.bocau.store.embedded.EmbeddedStore;
import dev.bocau.store.embedded.StoreContext;
import dev.bocau.time.SystemTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running server: all its parts, wired by hand. The only place that knows every implementation.
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    /// What the store and connections that are shaking hands may hold open.
    private static final int FILES = 1_000;

    private static final Duration REDIS_TIMEOUT = Duration.ofSeconds(1);

    /// Longer than Redis takes, shorter than people notice.
    private static final Duration LOG_PATIENCE = Duration.ofMillis(100);

    private final Config config;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final HttpListener http;
    private final Listener realtime;
    private final Optional<Listener> tcp;
    private final Optional<Listener> mqtt;
    private final HttpListener ops;
    private final SessionRegistry sessions;

    private Server(Config config, boolean demo) {
        this.config = config;
        Limits limits = config.limits();
        InstantSource clock = InstantSource.system();
        SecureRandom random = new SecureRandom();
        PrometheusMeterRegistry metrics = metrics();
        try {
            Tokens tokens = Main.tokens(config, clock);
            SystemTimer timer = part(new SystemTimer());
            Kept kept =
                    config.cluster()
                            .map(cluster -> shared(cluster, clock, timer, random))
                            .orElseGet(() -> embedded(clock, timer, random, metrics));
            Store store = kept.store;
            Bus bus = kept.bus;
            UserLog log = new UserLog(store, bus, limits);
            ExecutorService threads = part(Executors.newVirtualThreadPerTaskExecutor());
            Carried carried = carried(store, clock, timer, random, threads);
            Conversations conversations = new Conversations(store, log, carried.uses, limits);
            Devices devices = new Devices(store, bus);

            ExecutorService lanes =
                    part(
                            Executors.newThreadPerTaskExecutor(
                                    Thread.ofVirtual().name("bocau-lane").factory()));
            SessionContext context =
                    new SessionContext(
                            limits,
                            tokens,
                            devices,
                            log,
                            conversations,
                            clock,
                            timer,
                            random,
                            lanes);
            sessions = new SessionRegistry(context, bus, kept.presence, metrics);
            EventLoops loops = part(new EventLoops());
            Optional<Tls> tls = config.tls().map(files -> Tls.of(files.certificate(), files.key()));
            realtime = part(realtime(loops, tls, random));
            tcp = config.tcpPort().map(port -> part(tcp(port, loops, tls)));
            mqtt = config.mqttPort().map(port -> part(mqtt(port, loops, tls)));

            List<HttpListener.Part> api = new ArrayList<>();
            api.add(new WebClient(carried.elsewhere(config.media().url())));
            api.add(connectRoutes(tls.isPresent(), realtime, tcp, mqtt));
            api.add(new UserRoutes(tokens, devices, conversations, sessions, limits));
            api.add(new ConversationRoutes(tokens, devices, conversations));
            api.addAll(carried.routes(tokens, devices, conversations, clock));
            if (demo) {
                api.add(new Demo(tokens, conversations));
            }
            http = part(new HttpListener(at(config.bind(), config.httpPort()), limits, api));
            // Last: who asks for health may take it that everything listens.
            ops =
                    part(
                            new HttpListener(
                                    at(config.opsBind(), config.opsPort()),
                                    limits,
                                    List.of(new OpsRoutes(metrics, store::fault))));
        } catch (RuntimeException e) {
            closeParts();
            throw e;
        }
    }

    /// Where things are kept, and who hears of it.
    private record Kept(Store store, Bus bus, Presence presence) {}

    private Kept embedded(
            InstantSource clock, SystemTimer timer, SecureRandom random, MeterRegistry metrics) {
        Store store =
                part(
                        EmbeddedStore.open(
                                config.dataDir().resolve("store"),
                                new StoreContext(
                                        config.limits(),
                                        config.readTime(),
                                        clock,
                                        timer,
                                        random,
                                        Thread.ofPlatform().factory(),
                                        metrics)));
        return new Kept(store, part(new LocalBus()), Presence.ALONE);
    }

    private Kept shared(
            Config.Cluster cluster, InstantSource clock, SystemTimer timer, SecureRandom random) {
        ExecutorService threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("bocau-store").factory());
        // What waits for an engine that is away is not waited for: it is in the journal.
        parts.push(threads::shutdownNow);
        RedisCluster redis = part(new RedisCluster(cluster.redis(), REDIS_TIMEOUT));
        Bus bus = part(new RedisBus(redis, cluster.name(), timer, random));
        Presence presence = part(new RedisPresence(redis, cluster.name(), timer, threads, random));
        Store store =
                part(
                        ClusterStore.open(
                                engines(cluster),
                                redis,
                                new ClusterContext(
                                        config.limits(),
                                        config.readTime(),
                                        clock,
                                        timer,
                                        random,
                                        threads,
                                        LOG_PATIENCE),
                                later ->
                                        bus.tell(
                                                new Hint.Grown(later.commit(), later.appended()))));
        return new Kept(store, bus, presence);
    }

    static Engines engines(Config.Cluster cluster) {
        return new Engines(
                cluster.cassandra(),
                cluster.datacenter(),
                cluster.keyspace(),
                cluster.user().map(user -> new Engines.Login(user, cluster.password())),
                cluster.name());
    }

    /// What messages carry.
    private record Carried(Uploads uploads, Uses uses, Downloads downloads, SignedUrls urls) {
        /// Where URLs lead, apart from this server.
        List<String> elsewhere(String cdn) {
            Stream<URI> front = cdn.isEmpty() ? Stream.empty() : Stream.of(URI.create(cdn));
            return Stream.concat(front, downloads.elsewhere().stream())
                    .map(url -> url.getScheme() + "://" + url.getAuthority())
                    .toList();
        }

        List<HttpListener.Part> routes(
                Tokens tokens, Devices devices, Conversations conversations, InstantSource clock) {
            return List.of(
                    new UploadRoutes(tokens, devices, uploads),
                    new MediaRoutes(tokens, devices, conversations, downloads, urls, clock));
        }
    }

    private Carried carried(
            Store store,
            InstantSource clock,
            SystemTimer timer,
            SecureRandom random,
            ExecutorService threads) {
        Limits limits = config.limits();
        Path work = config.dataDir().resolve("unfinished");
        try {
            Folders.remove(work);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot empty " + work, e);
        }
        MediaStorage storage = part(storage(work, clock));
        Examination examination =
                part(new Examination(storage, config.media().types(), work, limits));
        Uploads uploads = new Uploads(storage, examination, work, limits, clock, random);
        part(new Sweep(storage, store, limits, clock, timer, threads)).start();
        return new Carried(
                uploads,
                new Uses(storage, uploads, store, limits, clock),
                new Downloads(storage),
                new SignedUrls(Main.tokenKey(config), config.media().url(), limits, clock));
    }

    private MediaStorage storage(Path work, InstantSource clock) {
        Config.Media media = config.media();
        if (media.s3().isPresent()) {
            Config.S3 s3 = media.s3().get();
            return new Bucket(
                            s3.bucket(),
                            s3.endpoint(),
                            s3.region(),
                            s3.accessKey(),
                            s3.secretKey(),
                            s3.redirect())
                    .open(work);
        }
        if (config.cluster().isPresent() && media.dir().startsWith(config.dataDir())) {
            LOG.warn(
                    "images and files are kept in {}, which other servers of the cluster do not see:"
                            + " set media.dir to a folder that they share, or media.s3",
                    media.dir());
        }
        return new FileStorage(media.dir(), (long) config.limits().minFreeMiB() << 20, clock);
    }

    private ConnectRoutes connectRoutes(
            boolean secured, Listener realtime, Optional<Listener> tcp, Optional<Listener> mqtt) {
        return new ConnectRoutes(
                config.websocketUrl(),
                WebSocketGateway.PATH,
                config.pollUrl(),
                LongPollGateway.PATH,
                secured,
                realtime.port(),
                tcp.map(Listener::port),
                mqtt.map(Listener::port));
    }

    private Listener realtime(EventLoops loops, Optional<Tls> tls, RandomGenerator random) {
        Limits limits = config.limits();
        RealtimePaths paths =
                new RealtimePaths(
                        limits,
                        new Cors(config.corsOrigins()),
                        List.of(
                                new WebSocketGateway(sessions, limits),
                                new LongPollGateway(sessions, limits, random),
                                new SocketIoGateway(sessions, limits, random)));
        return new Listener(
                "WebSocket, long-polling and Socket.IO",
                at(config.bind(), config.realtimePort()),
                loops,
                limits,
                tls,
                paths::opened);
    }

    private Listener tcp(int port, EventLoops loops, Optional<Tls> tls) {
        TcpGateway gateway = new TcpGateway(sessions, config.limits());
        return new Listener(
                "protobuf over TCP",
                at(config.bind(), port),
                loops,
                config.limits(),
                tls,
                gateway::opened);
    }

    private Listener mqtt(int port, EventLoops loops, Optional<Tls> tls) {
        MqttGateway gateway = new MqttGateway(sessions, config.limits());
        return new Listener(
                "MQTT", at(config.bind(), port), loops, config.limits(), tls, gateway::opened);
    }

    /// Starts everything.
    ///
    /// @throws IllegalStateException in words for an operator
    public static Server start(Config config, boolean demo) {
        checkDescriptors(config.limits());
        String shown = config.shown();
        if (!shown.isEmpty()) {
            LOG.info("configured:\n{}", shown);
        }
        return new Server(config, demo);
    }

    /// A connection takes a file descriptor, and a store that gets none for its next file stops.
    private static void checkDescriptors(Limits limits) {
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof UnixOperatingSystemMXBean system) {
            long most = system.getMaxFileDescriptorCount();
            long needed = limits.connections() + 2L * limits.httpConnections() + FILES;
            if (most < needed) {
                LOG.warn(
                        "this process may open {} files; with limits.connections it may need {}:"
                                + " raise the one (ulimit -n) or lower the other",
                        most,
                        needed);
            }
        }
    }

    private static PrometheusMeterRegistry metrics() {
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmMemoryMetrics().bindTo(metrics);
        new ProcessorMetrics().bindTo(metrics);
        @SuppressWarnings("resource") // it listens as long as the process lives
        JvmGcMetrics gc = new JvmGcMetrics();
        gc.bindTo(metrics);
        return metrics;
    }

    private <T extends AutoCloseable> T part(T part) {
        parts.push(part);
        return part;
    }

    private static InetSocketAddress at(String host, int port) {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IllegalStateException("no address of this machine: " + host);
        }
        return address;
    }

    public int httpPort() {
        return http.port();
    }

    public int realtimePort() {
        return realtime.port();
    }

    /// Empty where TCP is not configured.
    public Optional<Integer> tcpPort() {
        return tcp.map(Listener::port);
    }

    /// Empty where MQTT is not configured.
    public Optional<Integer> mqttPort() {
        return mqtt.map(Listener::port);
    }

    public int opsPort() {
        return ops.port();
    }

    String url() {
        String host = config.bind().equals("0.0.0.0") ? "127.0.0.1" : config.bind();
        return "http://%s:%d".formatted(host, httpPort());
    }

    String adminKeyHint() {
        return config.adminKey().isPresent()
                ? "(as configured)"
                : config.dataDir().resolve("admin.key").toString();
    }

    /// Lets the clients know, then stops everything in the reverse order of its start.
    @Override
    public void close() {
        realtime.close();
        tcp.ifPresent(Listener::close);
        mqtt.ifPresent(Listener::close);
        sessions.close();
        closeParts();
        LOG.info("stopped");
    }

    private void closeParts() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                LOG.error("stopping failed", e);
            }
        }
    }
}
