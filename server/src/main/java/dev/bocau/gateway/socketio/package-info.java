/// The Socket.IO transport, at `/socket.io`: Engine.IO 4 over polling and WebSocket, Socket.IO 5
/// with the namespace `/chat`, for clients of a Socket.IO server that are to stay as they are.
/// Events to frames and back, nothing else; README.md beside this file maps the one to the other.
///
/// An {@link dev.bocau.gateway.socketio.EngineConnection} is one client's connection whatever
/// carries it at the moment; a {@link dev.bocau.gateway.socketio.ChatSocket} is its namespace
/// `/chat`, as a {@link dev.bocau.session.Connection}. Everything of a connection happens on its
/// home loop, that of the request that opened it.
@org.jspecify.annotations.NullMarked
package dev.bocau.gateway.socketio;
