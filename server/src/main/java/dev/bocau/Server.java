package dev.bocau;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.bocau.auth.Devices;
import dev.bocau.auth.Tokens;
import dev.bocau.bus.Bus;
import dev.bocau.bus.local.LocalBus;
import dev.bocau.chat.Conversations;
import dev.bocau.config.Config;
import dev.bocau.demo.Demo;
import dev.bocau.gateway.EventLoops;
import dev.bocau.gateway.Listener;
import dev.bocau.gateway.http.ConnectRoutes;
import dev.bocau.gateway.http.ConversationRoutes;
import dev.bocau.gateway.http.HttpListener;
import dev.bocau.gateway.http.OpsRoutes;
import dev.bocau.gateway.http.UserRoutes;
import dev.bocau.gateway.http.WebClient;
import dev.bocau.gateway.mqtt.MqttGateway;
import dev.bocau.gateway.websocket.WebSocketGateway;
import dev.bocau.limits.Limits;
import dev.bocau.log.UserLog;
import dev.bocau.session.SessionContext;
import dev.bocau.session.SessionRegistry;
import dev.bocau.store.Store;
import dev.bocau.store.embedded.EmbeddedStore;
import dev.bocau.store.embedded.StoreContext;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running server: all its parts, wired by hand. The only place that knows every implementation.
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    /// What the store and connections that are shaking hands may hold open.
    private static final int FILES = 1_000;

    private final Config config;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final HttpListener http;
    private final Listener realtime;
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
            Store store = part(store(clock, timer, random, metrics));
            Bus bus = part(new LocalBus());
            UserLog log = new UserLog(store, bus, limits);
            Conversations conversations = new Conversations(store, log, limits);
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
            sessions = new SessionRegistry(context, bus, metrics);
            EventLoops loops = part(new EventLoops());
            realtime = part(realtime(loops));
            mqtt = mqtt(loops).map(this::part);

            List<HttpListener.Part> api = new ArrayList<>();
            api.add(new WebClient());
            api.add(
                    new ConnectRoutes(
                            config.websocketUrl(), realtime.port(), WebSocketGateway.PATH));
            api.add(new UserRoutes(tokens, devices, conversations, sessions, limits));
            api.add(new ConversationRoutes(tokens, devices, conversations));
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

    private Store store(
            InstantSource clock, SystemTimer timer, SecureRandom random, MeterRegistry metrics) {
        return EmbeddedStore.open(
                config.dataDir().resolve("store"),
                new StoreContext(
                        config.limits(),
                        config.readTime(),
                        clock,
                        timer,
                        random,
                        Thread.ofPlatform().factory(),
                        metrics));
    }

    private Listener realtime(EventLoops loops) {
        WebSocketGateway websocket = new WebSocketGateway(sessions, config.limits());
        return new Listener(
                "WebSocket",
                at(config.bind(), config.realtimePort()),
                loops,
                config.limits(),
                websocket::opened);
    }

    private Optional<Listener> mqtt(EventLoops loops) {
        OptionalInt port = config.mqttPort();
        if (port.isEmpty()) {
            return Optional.empty();
        }
        MqttGateway gateway = new MqttGateway(sessions, config.limits());
        InetSocketAddress address = at(config.bind(), port.getAsInt());
        return Optional.of(new Listener("MQTT", address, loops, config.limits(), gateway::opened));
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

    /// The port of MQTT.
    ///
    /// @throws java.util.NoSuchElementException if it is not configured
    public int mqttPort() {
        return mqtt.orElseThrow().port();
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
