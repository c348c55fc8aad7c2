package dev.bocau.store.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Tables of an older version, on a real Cassandra.
class SchemaTest {
    @Test
    void table_of_an_older_version_gets_its_new_columns_and_keeps_its_rows() {
        Engines engines = TestEngines.keyspace("older");
        String node = engines.cassandra().getFirst();
        int colon = node.lastIndexOf(':');
        try (CqlSession session =
                CqlSession.builder()
                        .addContactPoint(
                                new InetSocketAddress(
                                        node.substring(0, colon),
                                        Integer.parseInt(node.substring(colon + 1))))
                        .withLocalDatacenter(engines.datacenter())
                        .build()) {
            Schema.make(session, engines.keyspace());
            session.execute("ALTER TABLE conversation DROP media");
            session.execute(
                    "INSERT INTO conversation (conversation, bucket, kind, seq, name, content) VALUES ('c', 0, 0, 1, '', 'old')");

            Schema.make(session, engines.keyspace());
            Schema.make(session, engines.keyspace());

            Row row =
                    Objects.requireNonNull(
                            session.execute("SELECT content, media FROM conversation").one());
            assertThat(row.getString("content")).isEqualTo("old");
            assertThat(row.isNull("media")).isTrue();
        }
    }
}
