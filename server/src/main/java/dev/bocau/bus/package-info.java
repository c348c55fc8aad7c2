/// Tells the nodes on which a user's devices are connected that something has happened to that
/// user. Told by `chat`, heard by `session`; implementations live in the packages below and are
/// known to `Main` only.
@org.jspecify.annotations.NullMarked
package dev.bocau.bus;
