package dev.bocau.store.cluster;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.metadata.schema.TableMetadata;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the tables that are not there, as `schema.cql` says. Several nodes may do so at once: a
/// table gets the same id from each of them.
final class Schema {
    private static final Logger LOG = LoggerFactory.getLogger(Schema.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int REPLICAS = 3;
    private static final Pattern TABLE = Pattern.compile("CREATE TABLE (\\w+)");

    /// Of a table, on a line of its own: name and type.
    private static final Pattern COLUMN =
            Pattern.compile("(?m)^ {2}([a-z_]+) (.+?)(?: PRIMARY KEY)?,? *$");

    private Schema() {}

    /// Leaves the session in the keyspace, which is made with three replicas, or as many as there
    /// are nodes, if it is not there: an operator may have made it otherwise.
    static void make(CqlSession session, String keyspace) {
        int replicas = Math.min(REPLICAS, session.getMetadata().getNodes().size());
        if (session.getMetadata().getKeyspace(CqlIdentifier.fromInternal(keyspace)).isEmpty()) {
            execute(
                    session,
                    "CREATE KEYSPACE IF NOT EXISTS %s WITH replication = {'class': 'NetworkTopologyStrategy', 'replication_factor': %d}"
                            .formatted(keyspace, replicas));
        }
        session.execute("USE " + keyspace);
        for (String statement : statements()) {
            Matcher table = TABLE.matcher(statement);
            if (!table.find()) {
                throw new IllegalStateException("schema.cql: " + statement);
            }
            Optional<TableMetadata> there =
                    session.getMetadata()
                            .getKeyspace(CqlIdentifier.fromInternal(keyspace))
                            .flatMap(it -> it.getTable(table.group(1)));
            if (there.isEmpty()) {
                LOG.info("making the table {}", table.group(1));
                execute(session, withId(statement, keyspace, table.group(1)));
            } else {
                addColumns(session, statement, there.get());
            }
        }
    }

    /// Those that an older release has made the table without. It does not mind them.
    private static void addColumns(CqlSession session, String statement, TableMetadata table) {
        Matcher column = COLUMN.matcher(statement);
        while (column.find()) {
            if (table.getColumn(column.group(1)).isEmpty()) {
                LOG.info("adding the column {} to the table {}", column.group(1), table.getName());
                execute(
                        session,
                        "ALTER TABLE %s ADD IF NOT EXISTS %s %s"
                                .formatted(table.getName(), column.group(1), column.group(2)));
            }
        }
    }

    private static void execute(CqlSession session, String cql) {
        session.execute(
                com.datastax.oss.driver.api.core.cql.SimpleStatement.newInstance(cql)
                        .setTimeout(PATIENCE));
    }

    private static String withId(String statement, String keyspace, String table) {
        UUID id = UUID.nameUUIDFromBytes((keyspace + "." + table).getBytes(StandardCharsets.UTF_8));
        String made = statement.replaceFirst("CREATE TABLE", "CREATE TABLE IF NOT EXISTS");
        return made + (made.contains(") WITH ") ? " AND id = " : " WITH id = ") + id;
    }

    private static List<String> statements() {
        try (InputStream file = Schema.class.getResourceAsStream("schema.cql")) {
            String text =
                    new String(
                            Objects.requireNonNull(file, "schema.cql").readAllBytes(),
                            StandardCharsets.UTF_8);
            return Arrays.stream(text.replaceAll("--.*", "").split(";", -1))
                    .map(String::strip)
                    .filter(statement -> !statement.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
