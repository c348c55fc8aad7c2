/// The bus of a cluster of nodes.
@org.jspecify.annotations.NullMarked
package dev.bocau.bus.redis;
