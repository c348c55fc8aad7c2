package dev.bocau.bench.wire;

import java.io.IOException;

/// One connection of a device. For one thread; everything waits until it is done.
public abstract class Wire implements AutoCloseable {
    private final Meter meter = new Meter();

    public final Meter meter() {
        return meter;
    }

    /// Says who the device is, and where it stands.
    public abstract void introduce() throws IOException;

    public abstract void send(String conversation, String localId, String content)
            throws IOException;

    /// Everything up to this message is read.
    public abstract void markRead(String conversation, long seq) throws IOException;

    /// Tells the server that all that has come is kept, in the transport's own way.
    public abstract void acknowledge() throws IOException;

    /// Says nothing until the next sign of life is due or asked for, and gives it.
    public abstract void beat() throws IOException;

    /// Closes sockets that a device keeps only while it has something to say.
    public void rest() throws IOException {}

    /// What comes next; its type.
    abstract String next() throws IOException;

    /// Waits until a frame of a type has come.
    public final void await(String type) throws IOException {
        for (String heard = next(); !heard.equals(type); heard = next()) {
            if (heard.equals("error")) {
                throw new IOException("refused, while waiting for " + type);
            }
        }
    }

    @Override
    public abstract void close() throws IOException;
}
