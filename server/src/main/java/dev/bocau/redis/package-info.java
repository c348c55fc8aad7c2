/// A Redis Cluster, as far as Bocau needs one: functions, each on one slot, and sharded channels.
/// The only package that knows the driver.
@org.jspecify.annotations.NullMarked
package dev.bocau.redis;
