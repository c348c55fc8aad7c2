/// Connected devices. A {@link dev.bocau.session.Session} is one device on one connection: it takes
/// the client's frames, in order, on its lane, and sends what lies past the device's cursor ({@link
/// dev.bocau.session.Drain}), no more than the window allows. Everything that all transports have
/// in common lives here: limits, heartbeat, windows, replaced sessions, shutdown.
///
/// Gateways call {@link dev.bocau.session.Session} from their event loops, which it never holds up,
/// and implement {@link dev.bocau.session.Connection}. Logic runs on the lane, a virtual thread
/// that lives while there is work; entries are handed over on the store's telling thread.
@org.jspecify.annotations.NullMarked
package dev.bocau.session;
