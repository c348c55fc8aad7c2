/// The TCP transport: a version, then frames of protobuf with nothing between them; no HTTP. For
/// clients to which every byte and every wake of the radio counts. Bytes to frames and back,
/// nothing else; what happens to a frame is `session`'s affair.
///
/// ```
/// client:  0x01  ( ClientFrame | 0x00 )*       ClientFrame: the field of its body
/// server:        ( ServerFrame | 0x00 )*       ServerFrame: [the field `position`] the field of its body
/// ```
///
/// Each field is its key, its length and so many bytes; numbers in their shortest form. 0x00 is a
/// sign of life, and from the server a request for one.
///
/// The end needs no frame of its own: before it comes the error that says why (docs/decisions/011).
@org.jspecify.annotations.NullMarked
package dev.bocau.gateway.tcp;
