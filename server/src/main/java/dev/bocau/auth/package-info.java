/// Who may come in: tokens, and the registry of devices that they let in. Blocking calls, on
/// virtual threads.
@org.jspecify.annotations.NullMarked
package dev.bocau.auth;
