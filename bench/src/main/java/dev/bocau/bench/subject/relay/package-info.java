/// The bare minimum beside which everything else is work: a relay on Netty that stores nothing.
@org.jspecify.annotations.NullMarked
package dev.bocau.bench.subject.relay;
