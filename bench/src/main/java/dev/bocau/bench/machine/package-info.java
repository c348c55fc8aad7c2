/// What this machine can do, and what a process takes of it.
@org.jspecify.annotations.NullMarked
package dev.bocau.bench.machine;
