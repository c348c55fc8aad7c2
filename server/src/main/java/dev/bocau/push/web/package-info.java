/// Web Push: RFC 8030 over HTTP, messages encrypted by RFC 8291 for the browser alone, this server
/// shown by VAPID (RFC 8292). With the cryptography of the JDK and nothing beside it.
@org.jspecify.annotations.NullMarked
package dev.bocau.push.web;
