package dev.bocau.store;

import dev.bocau.model.Device;

/// A device of a user, whether connected or not.
public record RegisteredDevice(Device device, long createdAtMs, long lastActiveAtMs) {}
