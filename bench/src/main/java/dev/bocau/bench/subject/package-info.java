/// The servers that can be measured, and their clients.
@org.jspecify.annotations.NullMarked
package dev.bocau.bench.subject;
