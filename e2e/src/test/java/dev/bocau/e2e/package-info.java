/// The real jar, from outside.
@org.jspecify.annotations.NullMarked
package dev.bocau.e2e;
