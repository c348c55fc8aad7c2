/// What a server must show to be measured, and what all clients are made of. Each server has a
/// package below this one, and those that are not Java a script in `bench/peers`.
@org.jspecify.annotations.NullMarked
package dev.bocau.bench.subject;
