/// One device of one user, kept in step with a Bocau server over TCP: for Java 17 and Android.
///
/// {@link dev.bocau.client.Client} is the API. What it shows comes from the app's own {@link
/// dev.bocau.client.Store}; what the user does is stored first and sent when the server can be
/// reached. Two threads: one that reads the socket, and one, the client's own, on which everything
/// else happens, storing included.
@org.jspecify.annotations.NullMarked
package dev.bocau.client;
