/// A device of Bocau in each of its transports, so plain that every byte is seen: one thread,
/// blocking sockets, no library between. It says what the transport asks for and nothing else:
/// browsers and libraries add headers of their own.
@org.jspecify.annotations.NullMarked
package dev.bocau.bench.wire;
