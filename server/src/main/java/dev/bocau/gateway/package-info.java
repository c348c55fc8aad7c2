/// What the transports on sockets have in common: event loops, ports that are listened on, TLS, and
/// how a socket's writes are gathered. Each transport is a package below, which turns bytes into
/// frames and frames into bytes and knows no other one.
@org.jspecify.annotations.NullMarked
package dev.bocau.gateway;
