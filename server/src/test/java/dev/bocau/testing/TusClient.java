package dev.bocau.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/// Uploads over real HTTP, as tus has it, in one piece or cut off in the middle.
@org.jspecify.annotations.NullUnmarked
public final class TusClient {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String CHUNK = "application/offset+octet-stream";

    private final TestServer server;
    private final String token;

    public TusClient(TestServer server, String token) {
        this.server = server;
        this.token = token;
    }

    /// Uploads a whole file.
    ///
    /// @return its id
    public String upload(String name, byte[] content) {
        String id = begin(name, content.length);
        HttpResponse<String> sent = patch(id, 0, content);
        if (sent.statusCode() != 204) {
            throw new AssertionError(sent + sent.body());
        }
        return id;
    }

    /// Begins an upload.
    ///
    /// @return its id
    public String begin(String name, long bytes) {
        HttpResponse<String> begun = tryBegin(name, Long.toString(bytes));
        if (begun.statusCode() != 201) {
            throw new AssertionError(begun + begun.body());
        }
        return id(begun);
    }

    public static String id(HttpResponse<String> begun) {
        String location = begun.headers().firstValue("Location").orElseThrow();
        return location.substring(location.lastIndexOf('/') + 1);
    }

    public HttpResponse<String> tryBegin(String name, String bytes) {
        String encoded = Base64.getEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8));
        return send(
                request("/v1/media")
                        .header("Upload-Length", bytes)
                        .header("Upload-Metadata", "filename " + encoded)
                        .POST(BodyPublishers.noBody()));
    }

    public HttpResponse<String> patch(String id, long offset, byte[] bytes, String... headers) {
        HttpRequest.Builder request =
                request("/v1/media/" + id)
                        .header("Upload-Offset", Long.toString(offset))
                        .header("Content-Type", CHUNK)
                        .method("PATCH", BodyPublishers.ofByteArray(bytes));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    public HttpResponse<String> head(String id) {
        return send(request("/v1/media/" + id).HEAD());
    }

    /// How much of an upload the server has.
    public long offset(String id) {
        HttpResponse<String> head = head(id);
        if (head.statusCode() != 200) {
            throw new AssertionError(head);
        }
        return Long.parseLong(head.headers().firstValue("Upload-Offset").orElseThrow());
    }

    public HttpResponse<String> delete(String id) {
        return send(request("/v1/media/" + id).DELETE());
    }

    /// Sends what follows the offset, and breaks the connection after so many bytes of it.
    public void patchCut(String id, long offset, byte[] content, int cut) throws IOException {
        try (Socket socket = hang(id, offset, content, cut)) {
            // Not a proper end: a reset.
            socket.setSoLinger(true, 0);
        }
    }

    /// Sends so many bytes of what follows the offset, and leaves it at that.
    public Socket hang(String id, long offset, byte[] content, int cut) throws IOException {
        byte[] rest = Arrays.copyOfRange(content, (int) offset, content.length);
        String head =
                """
                PATCH /v1/media/%s HTTP/1.1\r
                Host: localhost\r
                Authorization: Bearer %s\r
                Tus-Resumable: 1.0.0\r
                Content-Type: %s\r
                Upload-Offset: %d\r
                Content-Length: %d\r
                \r
                """
                        .formatted(id, token, CHUNK, offset, rest.length);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.http("/").getPort());
        OutputStream out = socket.getOutputStream();
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(rest, 0, Math.min(cut, rest.length));
        out.flush();
        return socket;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.http(path))
                .header("Authorization", "Bearer " + token)
                .header("Tus-Resumable", "1.0.0");
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
