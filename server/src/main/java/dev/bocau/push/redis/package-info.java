/// Who pushes to which device, where several nodes share a store.
@org.jspecify.annotations.NullMarked
package dev.bocau.push.redis;
