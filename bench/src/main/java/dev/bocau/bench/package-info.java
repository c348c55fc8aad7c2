/// Measures messaging servers from outside.
///
/// `machine` finds the limits of this machine and what a process takes; `subject` has the servers
/// that can be measured, each with its clients; `load` sends at a given rate and keeps the books;
/// `scenario` puts them together. Messages are sent when they are due, whatever the server does,
/// and latency counts from that moment (open loop).
@org.jspecify.annotations.NullMarked
package dev.bocau.bench;
