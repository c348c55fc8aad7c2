/// The demo: two accounts with several devices each, and tokens for anybody who asks. Only where
/// `bocau demo` was asked for.
@org.jspecify.annotations.NullMarked
package dev.bocau.demo;
