package dev.bocau.store.cluster;

import java.util.List;
import java.util.Optional;

/// Where Cassandra is, and what is whose in it and in Redis.
///
/// @param cassandra addresses of some of the nodes, `host:port`; the others are found through them
/// @param datacenter whose nodes of Cassandra are asked
/// @param keyspace made if it is not there
/// @param login to Cassandra; empty: none is asked for
/// @param installation in front of all names; empty: nobody else uses this keyspace and this Redis
public record Engines(
        List<String> cassandra,
        String datacenter,
        String keyspace,
        Optional<Login> login,
        String installation) {

    /// Who this server is to Cassandra.
    public record Login(String user, String password) {}
}
