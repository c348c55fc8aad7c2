/// Waiting for time to pass.
@org.jspecify.annotations.NullMarked
package dev.bocau.time;
