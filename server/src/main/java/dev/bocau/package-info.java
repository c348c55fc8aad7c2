/// The server: {@link dev.bocau.Main} wires it, the packages below are its rooms. Imports point one
/// way:
///
/// `model <- store, bus <- log <- chat, auth <- session <- gateway.* <- Main`
@org.jspecify.annotations.NullMarked
package dev.bocau;
