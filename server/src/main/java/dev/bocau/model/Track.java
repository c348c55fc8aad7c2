package dev.bocau.model;

/// The parts of a user's log that may be held back separately. An offset counts within one track of
/// one user.
public enum Track {
    /// Messages, edits, conversations, reads on the user's own devices: sent at once.
    CHANGES,
    /// Other people's delivery marks: at most one frame a second.
    DELIVERED,
    /// Other people's read marks: at most one frame in 500 ms.
    READ
}
