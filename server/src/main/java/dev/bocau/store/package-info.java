/// Where messages, logs, marks and devices are kept: the {@link dev.bocau.store.Store} contract and
/// the values it is spoken in. Implementations live in the packages below and are known to `Main`
/// only.
///
/// Called by `log` and `chat`, on virtual threads; a call may block on a disk or a network, so
/// never on an event loop.
@org.jspecify.annotations.NullMarked
package dev.bocau.store;
