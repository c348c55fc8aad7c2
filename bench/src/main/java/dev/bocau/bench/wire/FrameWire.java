package dev.bocau.bench.wire;

import java.io.IOException;

/// A connection that carries frames as they are.
abstract class FrameWire extends Wire {
    private final Encoding encoding;
    private final Installation device;

    FrameWire(Encoding encoding, Installation device) {
        this.encoding = encoding;
        this.device = device;
    }

    final Encoding encoding() {
        return encoding;
    }

    abstract void write(byte[] frame) throws IOException;

    abstract byte[] read() throws IOException;

    @Override
    public void introduce() throws IOException {
        write(encoding.deviceConnect(device));
    }

    @Override
    public final void send(String conversation, String localId, String content) throws IOException {
        write(encoding.sendMessage(conversation, localId, content));
    }

    @Override
    public final void markRead(String conversation, long seq) throws IOException {
        write(encoding.markRead(conversation, seq));
    }

    @Override
    public final void acknowledge() throws IOException {
        write(encoding.ack(device.position()));
    }

    @Override
    final String next() throws IOException {
        Encoding.Heard heard = encoding.heard(read());
        if (!heard.position().isEmpty()) {
            device.reached(heard.position());
        }
        return heard.type();
    }
}
