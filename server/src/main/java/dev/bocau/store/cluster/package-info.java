/// The store of a cluster of nodes: Cassandra decides and keeps, Redis makes it fast and may be
/// lost (`docs/decisions/010-cluster.md` says why it is as it is).
///
/// How a step goes: `Steps` writes it down (`Journal`), has it decided against the conversation as
/// it stands (`Sending`, `Changing`, `Marking`, `Memberships`; `ConversationTable` puts the
/// question to Cassandra), and has it put into the logs (`FanOut`, `Logs`). What is left half done
/// is made good by `Repairs`, for this node or, found by `Watch`, for one that has died.
/// `LogReader` and `States` read.
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
