package dev.bocau.bench.wire;

import java.io.IOException;

/// A message is a frame.
final class WebSocketWire extends FrameWire {
    private final WebSocketPlug plug;

    WebSocketWire(int port, Encoding encoding, Installation device) throws IOException {
        super(encoding, device);
        plug = new WebSocketPlug(port, "/ws", encoding.subprotocol(), meter());
    }

    @Override
    void write(byte[] frame) throws IOException {
        plug.write(encoding() == Encoding.JSON ? WebSocketPlug.TEXT : WebSocketPlug.BINARY, frame);
    }

    @Override
    byte[] read() throws IOException {
        return plug.read();
    }

    @Override
    public void beat() throws IOException {
        plug.beat();
    }

    @Override
    public void close() throws IOException {
        plug.close();
    }
}
