/// Sends at a given rate and keeps the books on what arrives.
@org.jspecify.annotations.NullMarked
package dev.bocau.bench.load;
