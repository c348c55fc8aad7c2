/// Bocau as its users start it, and a device on its binary WebSocket.
@org.jspecify.annotations.NullMarked
package dev.bocau.bench.subject.bocau;
