/// A client for tests: a device with its own store, kept as PROTOCOL.md asks, over a real socket or
/// straight into a session. And real engines for a cluster's store and bus, as processes.
@org.jspecify.annotations.NullMarked
package dev.bocau.testing;
