package dev.bocau.model;

/// One of a store's commits: the random id of the start of the server that made it, and its number,
/// which grows with every commit across starts. Restoring a backup leaves numbers beyond the
/// restored end to a start that never made them, which is how a position from a lost future is
/// recognised.
public record Commit(long start, long number) {}
