/// The TCP transport: a version, then frames of protobuf, each behind its length; no HTTP. For
/// clients to which every byte and every wake of the radio counts. Bytes to frames and back,
/// nothing else; what happens to a frame is `session`'s affair.
///
/// ```
/// client:  0x01  ( length  ClientFrame )*      length: varint, in its shortest form
/// server:        ( length  ServerFrame )*      length 0: a sign of life, and a request for one
/// ```
///
/// The end needs no frame of its own: before it comes the error that says why (docs/decisions/011).
@org.jspecify.annotations.NullMarked
package dev.bocau.gateway.tcp;
