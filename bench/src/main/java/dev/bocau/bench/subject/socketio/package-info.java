/// The server that a team would write on Socket.IO, Redis and PostgreSQL: `bench/peers/socketio`.
@org.jspecify.annotations.NullMarked
package dev.bocau.bench.subject.socketio;
