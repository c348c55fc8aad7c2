/// The store of a cluster of nodes: Cassandra decides and keeps, Redis makes it fast and may be
/// lost (`docs/decisions/010-cluster.md` says why it is as it is).
///
/// How a step goes: `Steps` writes it down (`Journal`), has it decided against the conversation as
/// it stands (`Sending`, `Changing`, `Marking`, `Memberships`; `ConversationTable` puts the
/// question to Cassandra), and has it put into the logs (`FanOut`, `Logs`). What is left half done
/// is made good by `Repairs`, for this node or, found by `Watch`, for one that has died.
/// `LogReader` and `States` read, `Messages` from Redis where it has them. `ClusterArchive` is what
/// `bocau migrate` writes to.
///
/// **In Redis**, all of one user in one slot (`{user}`), all of a conversation in another:
///
/// ```
/// offline_queue:{user}             hash    the log: history and generation it belongs to, heads, floors, days
/// offline_queue:{user}:changes     zset    name of what changed -> offset         (Name.java)
/// offline_queue:{user}:delivered   zset
/// offline_queue:{user}:read        zset
/// offline_queue:{user}:seqs        hash    conversation -> joined:last, how far it is in this log
/// user_devices:{user}              set     the registered devices
/// device_info:{user}:device        hash    what is known of one, for people who look
/// device_sync:{user}:device        hash    its newest session, and where it stands in the log
/// online_devices:{user}            zset    device -> until when it is connected     (bus.redis)
/// device_sockets:{user}            hash    device -> session:node                   (bus.redis)
/// wake:{user}                      channel where the nodes hear that the log has grown (bus.redis)
/// recent_msgs:{conversation}       hash    the newest 50 messages, in their latest state
/// ```
///
/// A log without an append for eight days is gone, and is begun anew when somebody looks at it.
///
/// **In Cassandra**: `schema.cql`.
@org.jspecify.annotations.NullMarked
package dev.bocau.store.cluster;
