package dev.bocau.auth;

import dev.bocau.model.DeviceId;
import dev.bocau.model.UserId;
import java.util.Optional;

/// Whom a token speaks for.
///
/// @param device the only device that may use it, if it names one
/// @param admin whether it may manage users and conversations
public record Principal(
        UserId user, Optional<DeviceId> device, boolean admin, long issuedAtMs, long expiresAtMs) {}
