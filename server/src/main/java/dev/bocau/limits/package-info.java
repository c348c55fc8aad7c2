/// The one table of all limits. Values only; everybody may use it.
@org.jspecify.annotations.NullMarked
package dev.bocau.limits;
