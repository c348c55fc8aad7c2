/// What is done to a server, and what is written down.
@org.jspecify.annotations.NullMarked
package dev.bocau.bench.scenario;
