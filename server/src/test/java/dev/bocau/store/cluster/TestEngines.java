package dev.bocau.store.cluster;

import dev.bocau.testing.CassandraNodes;
import java.util.Optional;

/// The Cassandra that tests share.
final class TestEngines {
    private TestEngines() {}

    /// A keyspace of one test class.
    static Engines keyspace(String name) {
        return new Engines(
                CassandraNodes.shared().addresses(), "datacenter1", name, Optional.empty(), "");
    }
}
