package dev.bocau.gateway.longpoll;

import dev.bocau.frame.About;
import dev.bocau.frame.Incoming;
import dev.bocau.frame.WireFormat;
import dev.bocau.gateway.Exchange;
import dev.bocau.gateway.RealtimePath;
import dev.bocau.gateway.UnguessableId;
import dev.bocau.limits.Limits;
import dev.bocau.model.Code;
import dev.bocau.model.Refusal;
import dev.bocau.session.SessionRegistry;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Speaks long-polling: finds the connection that a request is for, or opens it.
public final class LongPollGateway implements RealtimePath, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LongPollGateway.class);

    /// Where clients poll.
    public static final String PATH = "/poll";

    /// Connections, those among them whose session is over: for each session that may be, so many.
    private static final int KEPT_PER_SESSION = 2;

    /// When the server goes down, a client that is there asks within this time.
    private static final long LAST_REQUEST_MS = 1_000;

    private final SessionRegistry sessions;
    private final Limits limits;
    private final RandomGenerator random;
    private final Map<String, PollConnection> connections = new ConcurrentHashMap<>();

    /// @param random makes ids that nobody can guess
    public LongPollGateway(SessionRegistry sessions, Limits limits, RandomGenerator random) {
        this.sessions = sessions;
        this.limits = limits;
        this.random = random;
    }

    @Override
    public String path() {
        return PATH;
    }

    @Override
    public String what() {
        return "long-polling";
    }

    @Override
    public void serve(Exchange exchange) {
        boolean post = exchange.method().equals(HttpMethod.POST);
        if (!post && !exchange.method().equals(HttpMethod.GET)) {
            exchange.refuse(HttpResponseStatus.METHOD_NOT_ALLOWED, "GET and POST are known here.");
            return;
        }
        String type = exchange.headers().get(HttpHeaderNames.CONTENT_TYPE);
        WireFormat format = Batch.format(post ? type : null);
        Optional<String> id = exchange.parameter("session");
        if (id.isEmpty() && post) {
            open(exchange, format);
            return;
        }
        PollConnection connection = id.map(connections::get).orElse(null);
        if (connection == null) {
            Answers.gone(exchange, format);
        } else if (post) {
            post(exchange, connection, format);
        } else {
            fetch(exchange, connection);
        }
    }

    private void open(Exchange exchange, WireFormat format) {
        byte[] body = exchange.body();
        Optional<Incoming> first = new Batch(format, body).next().map(format::read);
        // A session that has not said who it is costs nobody a socket: there is none.
        if (first.filter(Incoming::isIntroduction).isEmpty()) {
            Answers.refuse(
                    exchange,
                    format,
                    HttpResponseStatus.BAD_REQUEST,
                    Refusal.of(Code.WRONG_STATE, "device_connect comes first"),
                    first.map(Incoming::about).orElse(About.NOTHING));
            return;
        }
        if (connections.size() >= KEPT_PER_SESSION * limits.connections()) {
            Code code = Code.TOO_MANY_CONNECTIONS;
            Answers.refuse(
                    exchange,
                    format,
                    HttpResponseStatus.SERVICE_UNAVAILABLE,
                    Refusal.retry(code, code.meaning()));
            return;
        }
        String id = UnguessableId.next(random);
        PollConnection connection =
                new PollConnection(
                        id, exchange.loop(), format, limits, () -> connections.remove(id));
        connections.put(id, connection);
        connection.open(sessions, exchange, new Batch(format, body));
    }

    private void post(Exchange exchange, PollConnection connection, WireFormat format) {
        if (exchange.parameter("end").isPresent()) {
            connection.home().execute(() -> connection.end(exchange));
            return;
        }
        Optional<Long> number = exchange.number("batch");
        if (number.isEmpty()) {
            refuse(exchange, format, Code.INVALID_FIELD, "batch is to be 1, 2, 3 and so on");
            return;
        }
        byte[] body = exchange.body();
        connection.home().execute(() -> connection.post(exchange, format, number.get(), body));
    }

    private void fetch(Exchange exchange, PollConnection connection) {
        Optional<Long> received = exchange.number("received");
        if (received.isEmpty()) {
            refuse(
                    exchange,
                    WireFormat.JSON,
                    Code.INVALID_FIELD,
                    "received is to be how many frames have come so far");
            return;
        }
        long waitMs =
                Math.min(
                        exchange.number("waitMs").orElse((long) limits.pollWaitMs()),
                        limits.pollWaitMs());
        connection.home().execute(() -> connection.fetch(exchange, received.get(), waitMs));
    }

    private static void refuse(Exchange exchange, WireFormat format, Code code, String reason) {
        Refusal refusal = Refusal.of(code, reason);
        Answers.refuse(exchange, format, HttpResponseStatus.BAD_REQUEST, refusal);
    }

    /// Waits for those who have not asked since their sessions have ended: why that was is told in
    /// the answer.
    @Override
    public void close() {
        List<PollConnection> all = List.copyOf(connections.values());
        CountDownLatch untold = new CountDownLatch(all.size());
        for (PollConnection each : all) {
            each.home().execute(() -> each.whenTold(untold::countDown));
        }
        try {
            if (!untold.await(LAST_REQUEST_MS, TimeUnit.MILLISECONDS)) {
                LOG.info("{} clients that poll have not asked any more", untold.getCount());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
