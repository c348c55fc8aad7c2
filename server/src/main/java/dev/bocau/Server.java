package dev.bocau;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.bocau.auth.Devices;
import dev.bocau.auth.Tokens;
import dev.bocau.bus.Bus;
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
import dev.bocau.gateway.http.OpsRoutes;
import dev.bocau.gateway.http.OtherOrigins;
import dev.bocau.gateway.http.UserRoutes;
import dev.bocau.gateway.http.WebClient;
import dev.bocau.gateway.longpoll.LongPollGateway;
import dev.bocau.gateway.mqtt.MqttGateway;
import dev.bocau.gateway.socketio.SocketIoGateway;
import dev.bocau.gateway.tcp.TcpGateway;
import dev.bocau.gateway.websocket.WebSocketGateway;
import dev.bocau.limits.Limits;
import dev.bocau.log.UserLog;
import dev.bocau.push.PushContext;
import dev.bocau.push.Pushes;
import dev.bocau.session.SessionContext;
import dev.bocau.session.SessionRegistry;
import dev.bocau.store.Store;
import dev.bocau.time.SystemTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running server: all its parts, wired by hand. The only place that knows every implementation.
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    /// What the store and connections that are shaking hands may hold open.
    private static final int FILES = 1_000;

    private final Config config;
    private final Parts parts = new Parts();
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
            SystemTimer timer = parts.keep(new SystemTimer());
            Kept kept =
                    config.cluster()
                            .map(cluster ->
                                    Kept.shared(config, cluster, parts, clock, timer, random))
                            .orElseGet(() ->
                                    Kept.embedded(config, parts, clock, timer, random, metrics));
            Store store = kept.store();
            Bus bus = kept.bus();
            UserLog log = new UserLog(store, bus, limits);
            Carried carried = Carried.of(config, parts, store, clock, timer, random);
            Conversations conversations = new Conversations(store, log, carried.uses(), limits);
            Devices devices = new Devices(store, bus);

            PushProviders providers = parts.keep(PushProviders.of(config, clock, random));
            Pushes pushes = pushes(kept, providers, clock, timer, random, metrics);
            ExecutorService lanes = parts.threads("bocau-lane");
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
                            pushes::sentInBackground,
                            lanes);
            sessions = new SessionRegistry(context, bus, kept.presence(), metrics);
            bus.listen(pushes::heard);
            EventLoops loops = parts.keep(new EventLoops());
            Optional<Tls> tls = config.tls().map(files -> Tls.of(files.certificate(), files.key()));
            realtime = parts.keep(realtime(loops, tls, random));
            tcp = config.tcpPort().map(port -> parts.keep(tcp(port, loops, tls)));
            mqtt = config.mqttPort().map(port -> parts.keep(mqtt(port, loops, tls)));

            List<HttpListener.Part> api = new ArrayList<>();
            api.add(new OtherOrigins(new Cors(config.corsOrigins())));
            api.add(new WebClient(carried.elsewhere(config.media().url())));
            api.add(whereToConnect(tls.isPresent(), providers.vapidPublicKey()));
            api.add(new UserRoutes(tokens, devices, conversations, sessions, limits));
            api.add(new ConversationRoutes(tokens, devices, conversations, sessions));
            api.addAll(carried.routes(tokens, devices, conversations, clock));
            if (demo) {
                api.add(new Demo(tokens, conversations));
            }
            http = parts.keep(new HttpListener(at(config.bind(), config.httpPort()), limits, api));
            // Last: who asks for health may take it that everything listens.
            ops = parts.keep(ops(metrics, store));
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    /// Needs the listeners of the other transports.
    private ConnectRoutes whereToConnect(boolean tls, Optional<String> vapidPublicKey) {
        return new ConnectRoutes(
                config.websocketUrl(),
                WebSocketGateway.PATH,
                config.pollUrl(),
                LongPollGateway.PATH,
                tls,
                realtime.port(),
                tcp.map(Listener::port),
                mqtt.map(Listener::port),
                vapidPublicKey);
    }

    private Pushes pushes(
            Kept kept,
            PushProviders providers,
            InstantSource clock,
            SystemTimer timer,
            SecureRandom random,
            MeterRegistry metrics) {
        PushContext context =
                new PushContext(
                        kept.store(),
                        config.limits(),
                        kept.claims(),
                        clock,
                        timer,
                        random,
                        parts.threadsGivenUp("bocau-push"),
                        metrics,
                        config.push().content());
        return parts.keep(new Pushes(context, providers.all()));
    }

    private Listener realtime(EventLoops loops, Optional<Tls> tls, RandomGenerator random) {
        Limits limits = config.limits();
        RealtimePaths paths =
                new RealtimePaths(
                        limits,
                        new Cors(config.corsOrigins()),
                        List.of(
                                new WebSocketGateway(sessions, limits),
                                parts.keep(new LongPollGateway(sessions, limits, random)),
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

    private HttpListener ops(PrometheusMeterRegistry metrics, Store store) {
        return new HttpListener(
                at(config.opsBind(), config.opsPort()),
                config.limits(),
                List.of(new OpsRoutes(metrics, store::fault)));
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
        parts.close();
        LOG.info("stopped");
    }
}
