/// All that a store keeps, for taking it from one store into another. What is derived is not among
/// it: logs begin anew, and devices get a snapshot.
@org.jspecify.annotations.NullMarked
package dev.bocau.store.archive;
