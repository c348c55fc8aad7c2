/// What the transports on sockets have in common: event loops, and ports that are listened on. Each
/// transport is a package below, which turns bytes into frames and frames into bytes and knows no
/// other one.
@org.jspecify.annotations.NullMarked
package dev.bocau.gateway;
