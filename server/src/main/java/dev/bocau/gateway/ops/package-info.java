/// The operator's port: health and metrics, on loopback unless said otherwise.
@org.jspecify.annotations.NullMarked
package dev.bocau.gateway.ops;
