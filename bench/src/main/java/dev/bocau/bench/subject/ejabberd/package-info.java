/// The XMPP server ejabberd: `bench/peers/ejabberd`.
@org.jspecify.annotations.NullMarked
package dev.bocau.bench.subject.ejabberd;
