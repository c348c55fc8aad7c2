/// The store of a cluster of nodes: Cassandra decides and keeps, Redis makes it fast and may be
/// lost (`docs/decisions/010-cluster.md` says why it is as it is).
///
/// **In Redis**, all of one user in one slot (`{user}`):
///
/// ```
/// offline_queue:{user}             hash    the log: history and generation it belongs to, heads, floors, days
/// offline_queue:{user}:changes     zset    name of what changed -> offset         (Name.java)
/// offline_queue:{user}:delivered   zset
/// offline_queue:{user}:read        zset
/// offline_queue:{user}:seqs        hash    conversation -> joined:last, how far it is in this log
/// wake:{user}                      channel where the nodes hear that the log has grown (bus.redis)
/// ```
///
/// A log without an append for eight days is gone, and is begun anew when somebody looks at it.
///
/// **In Cassandra**: `schema.cql`.
@org.jspecify.annotations.NullMarked
package dev.bocau.store.cluster;
