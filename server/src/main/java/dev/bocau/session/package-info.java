/// Connected devices. A {@link dev.bocau.session.Session} is one device on one connection: it takes
/// the client's frames, in order, on its lane, and sends what lies past the device's cursor ({@link
/// dev.bocau.session.Drain}), no more than the window allows. Everything that all transports have
/// in common lives here: limits, heartbeat, windows, replaced sessions, shutdown.
///
/// Gateways call {@link dev.bocau.session.Session} from their event loops, which it never holds up,
/// and implement {@link dev.bocau.session.Connection}. Logic runs on the lane, one piece of work
/// after the other: on the caller's thread what cannot wait, on a virtual thread that lives while
/// there is work what may. Entries are handed over on the thread on which the store tells of them.
@org.jspecify.annotations.NullMarked
package dev.bocau.session;
