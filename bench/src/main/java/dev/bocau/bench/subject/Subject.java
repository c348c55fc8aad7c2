package dev.bocau.bench.subject;

import java.io.IOException;
import java.util.List;

/// A running server that is measured. Closing it ends its processes.
public interface Subject extends AutoCloseable {
    String name();

    /// What a confirmed message has behind it, in a few words.
    String durability();

    List<Long> pids();

    /// Makes conversations of two members each.
    void prepare(List<Pair> pairs) throws IOException;

    /// Connects a device and waits until it is let in. What it hears is told to `ear` on the {@link
    /// ClientThread}.
    Client connect(String user, String device, Ear ear) throws IOException;

    @Override
    void close();

    /// A conversation of two.
    record Pair(String conversation, String one, String other) {}

    /// A device of a user, to be used on the {@link ClientThread}.
    interface Client {
        void send(String conversation, String content);
    }

    /// What a device hears.
    interface Ear {
        /// A message of another device has come.
        void heard(String conversation, String content);

        /// A message of this device was confirmed: the oldest of those that were not yet.
        void confirmed();

        /// The server has said no, or has ended the connection.
        void refused(String why);
    }
}
