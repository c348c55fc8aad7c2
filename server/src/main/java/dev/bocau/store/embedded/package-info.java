/// The {@link dev.bocau.store.Store} of one machine: one folder, RocksDB in it, nothing beside it.
///
/// One thread, the {@link dev.bocau.store.embedded.Committer}, decides all steps. It gathers those
/// that wait, lets each decide against the state ({@link dev.bocau.store.embedded.Tx}), writes what
/// they changed as one batch with one fdatasync, and only then answers, on a second thread so that
/// the next batch need not wait. What steps need again and again (members, heads) it holds open in
/// memory; everything in memory is found again from the tables. Readers work on views of the
/// tables, on a small pool of platform threads, and never see anything that is not on disk.
///
/// ## Layout, version 1
///
/// Each {@link dev.bocau.store.embedded.Table} is a column family. `\0` ends a string within a key
/// (ids cannot contain it); numbers in keys are big-endian, so that keys sort as numbers do; `#`
/// marks them. Values are {@link dev.bocau.store.embedded.Rows}.
///
/// ```
/// META           "layout"                                -> version of this layout
///                "commit"                                -> number of the last commit
///                "start" #n                              -> random id of the n-th start, its first commit
/// USERS          user                                    -> name
/// DEVICES        user                                    -> ids of its devices, until when others are refused
///                user \0 device                          -> the device, its newest session, when signed out
/// CURSORS        user \0 device                          -> position, when stored
/// CONVERSATIONS  conversation                            -> kind, title, history
/// PAIRS          user \0 user                            -> the direct conversation of the two
/// MEMBERS        conversation \0 user                    -> since which seq, joined at which seq
/// MEMBERSHIPS    user \0 conversation                    -> the same
/// MESSAGES       conversation \0 #seq                    -> the message
/// SENT           #period conversation \0 user \0 device \0 localId -> fingerprint, id, seq, time
/// MARKS          conversation \0 user                    -> delivered and read marks of the user
///                conversation \0 user \0 device          -> delivered and read marks of the device
///                conversation \0 user \0 \0 #n           -> the n-th advance of a read mark, n modulo 100
/// LOG            user \0 #offset                         -> entry of the CHANGES track
/// RECEIPTS       user \0 track #offset                   -> entry of the DELIVERED and READ tracks
/// STANDING       user \0 what is superseded              -> offset at which it stands now
/// FLOORS         user                                    -> highest offset removed, per track
/// MUTED          user \0 conversation                    -> until when
/// PUSHES         slice user \0 device                    -> how far pushing has come (PushMark)
/// PUSH_TOKENS    SHA-256 of the token                    -> user \0 device, whose it is
/// ```
///
/// An entry names what changed (`conversation, seq`); reading it gives the state as of the read. A
/// send to two people is four rows: MESSAGES, SENT, and one in LOG for each.
@org.jspecify.annotations.NullMarked
package dev.bocau.store.embedded;
