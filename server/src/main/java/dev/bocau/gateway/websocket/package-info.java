/// The WebSocket transport (RFC 6455) on Netty, at `/ws`: one text or binary message is one frame,
/// as the subprotocol says. Bytes to frames and back, nothing else; what happens to a frame is
/// `session`'s affair.
///
/// Where compression goes: in front of the HTTP codec in {@link
/// dev.bocau.gateway.websocket.WebSocketGateway}.
@org.jspecify.annotations.NullMarked
package dev.bocau.gateway.websocket;
