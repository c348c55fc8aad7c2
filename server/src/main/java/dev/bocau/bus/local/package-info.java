/// The bus of a single node.
@org.jspecify.annotations.NullMarked
package dev.bocau.bus.local;
