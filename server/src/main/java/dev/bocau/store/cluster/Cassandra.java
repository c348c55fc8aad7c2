package dev.bocau.store.cluster;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.BatchableStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.Statement;
import com.datastax.oss.driver.api.core.servererrors.QueryValidationException;
import com.datastax.oss.driver.api.core.servererrors.UnavailableException;
import dev.bocau.model.Code;
import dev.bocau.model.Refusal;
import dev.bocau.model.Refused;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the store asks of Cassandra. Reads and writes are at QUORUM; a decision is a conditional
/// statement or batch, which Paxos puts in order with all others on its partition.
///
/// A table is either decided or written, never both: the two have clocks of their own.
final class Cassandra implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Cassandra.class);

    /// Longer than a node tries by itself (`cas_contention_timeout`, `write_request_timeout`).
    private static final Duration TIMEOUT = Duration.ofSeconds(4);

    /// Of those that are asked together.
    private static final int IN_FLIGHT = 256;

    private final CqlSession session;
    private final Semaphore inFlight = new Semaphore(IN_FLIGHT);
    private final LongAdder reads = new LongAdder();
    private final LongAdder writes = new LongAdder();
    private final LongAdder decisions = new LongAdder();
    private volatile @Nullable String fault;
    private final Map<String, PreparedStatement> prepared = new ConcurrentHashMap<>();

    /// How often something was asked of Cassandra so far.
    record Asked(long reads, long writes, long decisions) {}

    /// What became of a decision.
    enum Decision {
        /// The conditions held, and it is so.
        APPLIED,
        /// A condition did not hold, and nothing of it will ever happen.
        REJECTED,
        /// Nobody knows, and reading would not tell: it may still happen. The same again, with
        /// conditions that both cannot meet, settles it.
        UNKNOWN
    }

    /// @throws IllegalStateException in words for an operator, if none answers
    Cassandra(Engines engines) {
        DriverConfigLoader config =
                DriverConfigLoader.programmaticBuilder()
                        .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, TIMEOUT)
                        .withString(
                                DefaultDriverOption.REQUEST_CONSISTENCY,
                                DefaultConsistencyLevel.QUORUM.name())
                        .withString(
                                DefaultDriverOption.REQUEST_SERIAL_CONSISTENCY,
                                DefaultConsistencyLevel.SERIAL.name())
                        .withBoolean(DefaultDriverOption.REQUEST_WARN_IF_SET_KEYSPACE, false)
                        .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, TIMEOUT)
                        .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, TIMEOUT)
                        .build();
        try {
            CqlSessionBuilder builder =
                    CqlSession.builder()
                            .withConfigLoader(config)
                            .addContactPoints(
                                    engines.cassandra().stream().map(Cassandra::address).toList())
                            .withLocalDatacenter(engines.datacenter());
            engines.login()
                    .ifPresent(
                            login -> builder.withAuthCredentials(login.user(), login.password()));
            session = builder.build();
        } catch (DriverException e) {
            throw new IllegalStateException(
                    "cannot reach Cassandra at %s: %s"
                            .formatted(engines.cassandra(), e.getMessage()),
                    e);
        }
        Schema.make(session, engines.keyspace());
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        return new InetSocketAddress(
                text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }

    /// Settings of the node that is asked, as far as it tells them.
    Map<String, String> settings(String... names) {
        Map<String, String> settings = new HashMap<>();
        for (String name : names) {
            try {
                row("SELECT value FROM system_views.settings WHERE name = ?", name)
                        .ifPresent(row ->
                                settings.put(
                                        name, Objects.requireNonNullElse(row.getString(0), "")));
            } catch (QueryValidationException notThere) {
                LOG.debug("no settings are told", notThere);
            }
        }
        return settings;
    }

    Asked asked() {
        return new Asked(reads.sum(), writes.sum(), decisions.sum());
    }

    /// Why nothing can be kept; empty if what was asked last was answered.
    Optional<String> fault() {
        return Optional.ofNullable(fault);
    }

    private void answered() {
        if (fault != null) {
            fault = null;
        }
    }

    // ----------------------------------------------------------------------------------------------------------- reading

    List<Row> rows(String cql, Object... values) {
        return read(bound(cql, values));
    }

    Optional<Row> row(String cql, Object... values) {
        return rows(cql, values).stream().findFirst();
    }

    /// Asks many things at once, and answers in their order.
    List<Optional<Row>> rowOfEach(List<BoundStatement> statements) {
        reads.add(statements.size());
        List<CompletableFuture<Optional<Row>>> answers = new ArrayList<>();
        for (BoundStatement statement : statements) {
            inFlight.acquireUninterruptibly();
            answers.add(
                    session.executeAsync(statement.setIdempotent(true))
                            .toCompletableFuture()
                            .thenApply(result -> Optional.ofNullable(result.one()))
                            .whenComplete((row, failure) -> inFlight.release()));
        }
        return answers.stream().map(this::await).toList();
    }

    private <T> T await(CompletableFuture<T> answer) {
        try {
            T told = answer.join();
            answered();
            return told;
        } catch (CompletionException e) {
            if (e.getCause() instanceof DriverException driver) {
                throw unavailable(driver);
            }
            throw e;
        }
    }

    /// Reads what has been decided, finishing what was begun and is not known to be.
    Optional<Row> decided(String cql, Object... values) {
        return read(bound(cql, values).setConsistencyLevel(DefaultConsistencyLevel.SERIAL)).stream()
                .findFirst();
    }

    private List<Row> read(BoundStatement statement) {
        try {
            List<Row> rows = new ArrayList<>();
            reads.increment();
            session.execute(statement.setIdempotent(true)).forEach(rows::add);
            answered();
            return rows;
        } catch (DriverException e) {
            throw unavailable(e);
        }
    }

    // ----------------------------------------------------------------------------------------------------------- writing

    /// Writes what is harmless to write twice.
    ///
    /// @throws Refused if it may not have been written
    void write(String cql, @Nullable Object... values) {
        writes.increment();
        try {
            session.execute(bound(cql, values).setIdempotent(true));
            answered();
        } catch (DriverException e) {
            throw unavailable(e);
        }
    }

    /// Writes what does no harm if it is not written. Does not wait for it.
    void writeSometime(String cql, @Nullable Object... values) {
        writes.increment();
        try {
            session.executeAsync(bound(cql, values).setIdempotent(true))
                    .whenComplete((result, failure) -> {
                        if (failure != null) {
                            notWritten(failure);
                        }
                    });
        } catch (DriverException notPrepared) {
            notWritten(notPrepared);
        }
    }

    private static void notWritten(Throwable why) {
        LOG.info("not written, which does no harm: {}", why.toString());
    }

    /// Writes many things that are harmless to write twice, at once.
    ///
    /// @throws Refused if some of them may not have been written
    void writeAll(List<BoundStatement> statements) {
        writes.add(statements.size());
        List<CompletableFuture<AsyncResultSet>> answers = new ArrayList<>();
        for (BoundStatement statement : statements) {
            inFlight.acquireUninterruptibly();
            answers.add(
                    session.executeAsync(statement.setIdempotent(true))
                            .toCompletableFuture()
                            .whenComplete((result, failure) -> inFlight.release()));
        }
        answers.forEach(this::await);
    }

    /// Writes to one partition, all of it or nothing.
    ///
    /// @throws Refused if it may not have been written
    void writeTogether(List<BoundStatement> statements) {
        writes.increment();
        try {
            session.execute(
                    BatchStatement.newInstance(BatchType.UNLOGGED)
                            .addAll(statements)
                            .setIdempotent(true));
        } catch (DriverException e) {
            throw unavailable(e);
        }
    }

    private Refused unavailable(DriverException e) {
        if (e instanceof QueryValidationException bug) {
            throw bug;
        }
        if (fault == null) {
            LOG.warn("Cassandra: {}", e.toString());
        }
        fault = "Cassandra: " + e.getMessage();
        return new Refused(Refusal.retry(Code.UNAVAILABLE, "the database does not answer"));
    }

    // ---------------------------------------------------------------------------------------------------------- deciding

    Decision decide(String cql, @Nullable Object... values) {
        return decide(bound(cql, values));
    }

    /// Of one partition of one table.
    Decision decide(List<BatchableStatement<?>> statements) {
        return decide(BatchStatement.newInstance(BatchType.UNLOGGED).addAll(statements));
    }

    private Decision decide(Statement<?> statement) {
        decisions.increment();
        try {
            boolean applied = session.execute(statement.setIdempotent(false)).wasApplied();
            answered();
            return applied ? Decision.APPLIED : Decision.REJECTED;
        } catch (QueryValidationException bug) {
            throw bug;
        } catch (DriverException e) {
            if (isCertainlyNot(e)) {
                throw unavailable(e);
            }
            LOG.warn("Cassandra does not say whether it has decided: {}", e.toString());
            return Decision.UNKNOWN;
        }
    }

    /// Whether no node has begun.
    private static boolean isCertainlyNot(DriverException e) {
        return e instanceof UnavailableException
                || (e instanceof AllNodesFailedException none
                        && none.getAllErrors().values().stream()
                                .flatMap(List::stream)
                                .allMatch(UnavailableException.class::isInstance));
    }

    /// For a row that is new: what is null is left out, instead of being deleted by a tombstone.
    BoundStatement boundNew(String cql, @Nullable Object... values) {
        BoundStatement bound = bound(cql, values);
        for (int i = 0; i < values.length; i++) {
            bound = values[i] == null ? bound.unset(i) : bound;
        }
        return bound;
    }

    BoundStatement bound(String cql, @Nullable Object... values) {
        return prepared.computeIfAbsent(cql, session::prepare).bind(values);
    }

    @Override
    public void close() {
        session.close();
    }
}
