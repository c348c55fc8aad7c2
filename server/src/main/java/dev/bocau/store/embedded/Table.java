package dev.bocau.store.embedded;

/// The tables; what is in them is drawn in the package comment.
enum Table {
    META,
    USERS,
    DEVICES,
    CURSORS,
    CONVERSATIONS,
    PAIRS,
    MEMBERS,
    MEMBERSHIPS,
    MESSAGES,
    SENT,
    MARKS,
    LOG,
    RECEIPTS,
    STANDING,
    FLOORS,
    MUTED,
    PUSHES,
    PUSH_TOKENS
}
