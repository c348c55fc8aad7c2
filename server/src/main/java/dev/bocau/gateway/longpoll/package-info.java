/// The long-polling transport, at `/poll`, for where no WebSocket gets through: a client's frames
/// come in the bodies of POST requests, a server's are the answers to GET requests that wait for
/// them. Bytes to frames and back, nothing else; protocol/PROTOCOL.md tells it from the client's
/// side, docs/decisions/012 why it is so.
///
/// A session's requests come over several sockets and so on several event loops. The loop of the
/// first of them is the home of its {@link dev.bocau.gateway.longpoll.PollConnection}: all of its
/// requests are handled there.
@org.jspecify.annotations.NullMarked
package dev.bocau.gateway.longpoll;
