package dev.bocau.bench.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// Two sockets: on one a request always waits for frames, on the other they are posted.
final class PollWire extends FrameWire {
    private static final String PATH = "/poll";

    private final int port;
    private final Plug fetching;
    private @Nullable Plug posting;
    private final Queue<byte[]> come = new ArrayDeque<>();
    private String session = "";
    private long received;
    private long batch;

    PollWire(int port, Encoding encoding, Installation device) throws IOException {
        super(encoding, device);
        this.port = port;
        fetching = new Plug(port, meter());
    }

    @Override
    void write(byte[] frame) throws IOException {
        if (session.isEmpty()) {
            fetching.post(PATH, type(), body(frame));
            take();
            return;
        }
        Plug to = posting == null ? new Plug(port, meter()) : posting;
        posting = to;
        batch++;
        to.post("%s?session=%s&batch=%d".formatted(PATH, session, batch), type(), body(frame));
        to.response();
    }

    private String type() {
        return encoding() == Encoding.JSON ? "text/plain" : "application/x-protobuf";
    }

    private byte[] body(byte[] frame) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (encoding() == Encoding.PROTO) {
            int left = frame.length;
            for (; left >= 0x80; left >>= 7) {
                body.write(left | 0x80);
            }
            body.write(left);
            body.writeBytes(frame);
        } else {
            body.writeBytes(frame);
            body.write('\n');
        }
        return body.toByteArray();
    }

    @Override
    byte[] read() throws IOException {
        while (come.isEmpty()) {
            take();
        }
        return come.remove();
    }

    /// Takes an answer, and asks for the next.
    private void take() throws IOException {
        Plug.Response answer = fetching.response();
        if (session.isEmpty()) {
            session = answer.header("bocau-session");
        }
        split(answer.body());
        fetching.get("%s?session=%s&received=%d".formatted(PATH, session, received));
    }

    private void split(byte[] body) {
        for (int at = 0; at < body.length; received++) {
            int from = at;
            int end;
            if (encoding() == Encoding.JSON) {
                end = from;
                while (body[end] != '\n') {
                    end++;
                }
                at = end + 1;
            } else {
                int length = 0;
                int shift = 0;
                byte next;
                do {
                    next = body[from++];
                    length |= (next & 0x7f) << shift;
                    shift += 7;
                } while (next < 0);
                end = from + length;
                at = end;
            }
            come.add(Arrays.copyOfRange(body, from, end));
        }
    }

    @Override
    public void beat() throws IOException {
        take();
        if (!come.isEmpty()) {
            throw new IOException("no silence");
        }
    }

    @Override
    public void rest() throws IOException {
        if (posting != null) {
            posting.close();
            posting = null;
        }
    }

    @Override
    public void close() throws IOException {
        fetching.close();
        rest();
    }
}
