package dev.bocau.bench.subject;

import java.io.IOException;
import java.util.List;

/// A running server that is measured. Closing it ends its processes.
public interface Subject extends AutoCloseable {
    /// Its name and version.
    String name();

    /// What a confirmed message has behind it, in a few words.
    String durability();

    /// All processes that run for it at the moment.
    List<Long> pids();

    /// Those of its processes that are JVMs.
    default List<Long> jvms() {
        return List.of();
    }

    /// Whether a device that was away gets what it has missed.
    default boolean catchesUp() {
        return true;
    }

    /// Makes conversations, and users of their members. To be called before the members' devices
    /// connect.
    void prepare(List<Conversation> conversations) throws IOException;

    /// A device of a user, not connected yet. What it hears is told to `ear` on the thread that it
    /// connects to live on.
    Device device(String user, String name, Ear ear);

    @Override
    void close();

    /// Two who talk to each other, or a group of more.
    record Conversation(String id, List<String> members) {
        public boolean direct() {
            return members.size() == 2;
        }
    }

    /// What a device hears.
    interface Ear {
        /// A message of another device has come, for the first time.
        void heard(String conversation, String content);

        /// A message of this device was confirmed: the oldest of those that were not yet.
        void confirmed();

        /// The server has said no, or has ended the connection.
        void refused(String why);
    }
}
