/// Conversations: who is in them, and what their members say, change and read. Decides what input
/// may be, leaves what is to be decided in one step to `store`, and has the bus tell whose logs
/// have grown. Blocking calls, on virtual threads, but for sending.
@org.jspecify.annotations.NullMarked
package dev.bocau.chat;
