package dev.bocau.store;

/// How a device stands with the server.
///
/// @param registered whether it is one of its user's devices now
/// @param session the number of its newest session; 0: none yet
/// @param refusedUpToMs tokens that were not issued later do not let it in
public record Standing(boolean registered, long session, long refusedUpToMs) {}
