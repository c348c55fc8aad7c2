package dev.bocau.gateway;

/// What is spoken at one path of the realtime listener.
public interface RealtimePath {
    /// Where: `/ws`, say. A slash behind it makes no difference.
    String path();

    /// What is spoken there, in words for somebody who asks for another path.
    String what();

    /// Answers a request, now or later; called by the event loop of its socket.
    void serve(Exchange exchange);
}
