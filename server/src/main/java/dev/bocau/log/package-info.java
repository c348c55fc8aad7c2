/// The user log: every user has one log of changes, every device has a cursor into it. What a
/// device is sent on connecting and from then on is decided here; `store` keeps the log, `session`
/// sends it. Blocking calls, on virtual threads.
@org.jspecify.annotations.NullMarked
package dev.bocau.log;
