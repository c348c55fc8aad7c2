/// Single steps of the server, measured from inside with JMH: reading and writing a frame,
/// appending a message, draining a log, fanning out to a group. `./bocau bench micro`.
@org.jspecify.annotations.NullMarked
package dev.bocau.micro;
