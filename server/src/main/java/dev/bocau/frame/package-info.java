/// What a session and a client say to each other: frames, made from and checked into the model, in
/// two encodings, each of them written once however many connections it goes to. Used by `session`
/// and the gateways.
@org.jspecify.annotations.NullMarked
package dev.bocau.frame;
