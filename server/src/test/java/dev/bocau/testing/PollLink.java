package dev.bocau.testing;

import dev.bocau.frame.TestFrames;
import dev.bocau.frame.WireFormat;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.ServerFrame;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;

/// A {@link Link} over long-polling, as a client would have it: one thread fetches, one posts.
public final class PollLink implements Link {
    private static final int ATTEMPTS = 3;

    private final URI uri;
    private final WireFormat format;
    private final Link.Listener listener;
    private final HttpClient http = HttpClient.newHttpClient();
    private final LinkedBlockingQueue<ClientFrame> outgoing = new LinkedBlockingQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile String session = "";
    private long received;
    private boolean ended;

    private PollLink(URI uri, WireFormat format, Link.Listener listener) {
        this.uri = uri;
        this.format = format;
        this.listener = listener;
        start(this::fetch);
    }

    /// A way to a port of this machine.
    public static Link.Opener to(int port, WireFormat format) {
        return listener ->
                new PollLink(
                        URI.create("http://127.0.0.1:%d/poll".formatted(port)), format, listener);
    }

    private synchronized void start(Runnable work) {
        if (!ended) {
            threads.add(Thread.ofVirtual().name("poll").start(work));
        }
    }

    // ------------------------------------------------------------------------------------------------------- fetching

    private void fetch() {
        int code = 0;
        try {
            HttpResponse<byte[]> answer = opening();
            session = answer.headers().firstValue("Bocau-Session").orElse("");
            if (!session.isEmpty()) {
                start(this::post);
            }
            while (true) {
                take(answer);
                code = answer.headers().firstValue("Bocau-Close").map(Integer::valueOf).orElse(0);
                if (answer.statusCode() > 204) {
                    return;
                }
                answer = insist(request("&received=" + received).GET());
            }
        } catch (IOException e) {
            // The connection has ended, in one way or another.
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } finally {
            end();
            listener.closed(code);
        }
    }

    /// What is refused opens nothing: the next frame may.
    private HttpResponse<byte[]> opening() throws IOException, InterruptedException {
        while (true) {
            HttpResponse<byte[]> answer = ask(post("", outgoing.take()));
            if (answer.statusCode() != 400) {
                return answer;
            }
            frames(format, answer.body()).forEach(listener::frame);
        }
    }

    private void take(HttpResponse<byte[]> answer) throws IOException {
        if (answer.statusCode() != 200 && answer.statusCode() != 410) {
            return;
        }
        for (ServerFrame frame : frames(format, answer.body())) {
            received++;
            listener.frame(frame);
        }
    }

    /// The frames of a body.
    public static List<ServerFrame> frames(WireFormat format, byte[] body) throws IOException {
        List<ServerFrame> frames = new ArrayList<>();
        if (format == WireFormat.JSON) {
            new String(body, StandardCharsets.UTF_8)
                    .lines()
                    .forEach(line -> frames.add(TestFrames.serverFrame(line)));
            return frames;
        }
        ByteArrayInputStream in = new ByteArrayInputStream(body);
        while (in.available() > 0) {
            frames.add(ServerFrame.parseDelimitedFrom(in));
        }
        return frames;
    }

    // -------------------------------------------------------------------------------------------------------- posting

    private void post() {
        try {
            for (long number = 1; ; number++) {
                List<ClientFrame> frames = new ArrayList<>();
                frames.add(outgoing.take());
                outgoing.drainTo(frames, 50);
                String batch = "&batch=" + number;
                insist(post(batch, frames.toArray(ClientFrame[]::new)));
            }
        } catch (IOException e) {
            // The one that fetches notices.
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpRequest.Builder post(String parameters, ClientFrame... frames) {
        return request(parameters)
                .header("Content-Type", format == WireFormat.JSON ? "text/plain" : PROTO)
                .POST(BodyPublishers.ofByteArray(body(format, frames)));
    }

    private static final String PROTO = "application/x-protobuf";

    /// A body of these frames.
    public static byte[] body(WireFormat format, ClientFrame... frames) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try {
            for (ClientFrame frame : frames) {
                if (format == WireFormat.JSON) {
                    body.writeBytes(
                            (TestFrames.json(frame) + "\n").getBytes(StandardCharsets.UTF_8));
                } else {
                    frame.writeDelimitedTo(body);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return body.toByteArray();
    }

    private HttpRequest.Builder request(String parameters) {
        String query = session.isEmpty() ? "" : "?session=" + session + parameters;
        return HttpRequest.newBuilder(URI.create(uri + query));
    }

    /// A request that was lost, or whose answer was, is made again.
    private HttpResponse<byte[]> insist(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return ask(request);
            } catch (IOException lost) {
                if (attempt == ATTEMPTS) {
                    throw lost;
                }
            }
        }
    }

    private HttpResponse<byte[]> ask(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofByteArray());
    }

    @Override
    public void send(ClientFrame frame) {
        outgoing.add(frame);
    }

    @Override
    public void close() {
        end();
        sayGoodbye();
    }

    private synchronized void end() {
        if (!ended) {
            ended = true;
            threads.stream()
                    .filter(thread -> !thread.equals(Thread.currentThread()))
                    .forEach(Thread::interrupt);
            http.shutdownNow();
        }
    }

    /// The server would notice by itself, but later.
    private void sayGoodbye() {
        if (session.isEmpty()) {
            return;
        }
        HttpRequest goodbye = post("&end=1").build();
        try (HttpClient last = HttpClient.newHttpClient()) {
            last.send(goodbye, BodyHandlers.discarding());
        } catch (IOException e) {
            // The server is not there any more.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
