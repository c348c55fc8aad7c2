package dev.bocau.bench.scenario;

import dev.bocau.bench.machine.Machine;
import dev.bocau.bench.machine.Usage;
import dev.bocau.bench.subject.Subject.Conversation;
import dev.bocau.bench.subject.bocau.Bocau;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// How fast a file goes up and down, beside a plain copy to the same disk, and what the server
/// holds of it meanwhile.
@Command(
        name = "media",
        mixinStandardHelpOptions = true,
        description = "Uploads and downloads of one large file, beside a plain copy.")
public final class Media implements Callable<Integer> {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final String USER = "alice";

    @Option(names = "--mib", description = "of the file; default: ${DEFAULT-VALUE}")
    private int mib = 1_024;

    @Option(names = "--heap", description = "of the server, in MiB; default: ${DEFAULT-VALUE}")
    private int heapMib = 256;

    @Option(names = "--times", description = "default: ${DEFAULT-VALUE}")
    private int times = 3;

    @Option(names = "--folder", description = "default: ${DEFAULT-VALUE}")
    private Path folder = Path.of("bench", "target");

    private final HttpClient http = HttpClient.newHttpClient();

    /// Something that takes a file's bytes somewhere.
    private interface Way {
        void take() throws IOException, InterruptedException;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        System.out.println(Machine.described() + "\n");
        Files.createDirectories(folder);
        Path here = Files.createTempDirectory(folder.toAbsolutePath(), "media-");
        Map<String, String> special =
                Map.of(
                        "JAVA_OPTS", "-Xmx" + heapMib + "m",
                        "BOCAU_LIMITS_MEDIA_MI_B", Integer.toString(mib),
                        "BOCAU_LIMITS_MEDIA_DAILY_MI_B", Integer.toString(mib * (times + 1)));
        double[] copies = new double[times];
        double[] uploads = new double[times];
        double[] downloads = new double[times];
        long resident = 0;
        try (Bocau bocau = new Bocau(here, special)) {
            bocau.prepare(List.of(new Conversation("ab", List.of(USER, "bob"))));
            Path file = file(here);
            for (int i = 0; i < times; i++) {
                String localId = "file-" + i;
                copies[i] = mibPerSecond(() -> copy(file, here.resolve("copy")));
                String[] id = new String[1];
                uploads[i] = mibPerSecond(() -> id[0] = upload(bocau, file));
                resident = Math.max(resident, Usage.of(bocau.pids()).residentBytes());
                URI url = sent(bocau, localId, id[0]);
                downloads[i] = mibPerSecond(() -> download(url));
                resident = Math.max(resident, Usage.of(bocau.pids()).residentBytes());
            }
        } finally {
            Comparison.remove(here);
        }
        System.out.printf(
                "| %,d MiB, median of %d | MiB/s | of a copy |%n|---|---|---|%n", mib, times);
        row("plain copy to the same disk, with fsync", copies, copies);
        row("upload (tus, one request), looked into and on disk", uploads, copies);
        row("download by signed URL", downloads, copies);
        System.out.printf(
                "%nThe server: heap at most %d MiB, resident (PSS) %,d MiB at the most.%n",
                heapMib, resident >> 20);
        return 0;
    }

    private static void row(String name, double[] figures, double[] measure) {
        System.out.printf(
                "| %s | %,.0f | %.2f |%n",
                name, median(figures), median(figures) / median(measure));
    }

    private static double median(double[] figures) {
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private double mibPerSecond(Way way) throws IOException, InterruptedException {
        Machine.settle();
        long begun = System.nanoTime();
        way.take();
        return mib / ((System.nanoTime() - begun) / 1e9);
    }

    private Path file(Path here) throws IOException {
        Path file = here.resolve("file");
        byte[] buffer = new byte[BUFFER_BYTES];
        SplittableRandom random = new SplittableRandom(1);
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i < mib; i++) {
                random.nextBytes(buffer);
                out.write(buffer);
            }
        }
        return file;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (InputStream in = Files.newInputStream(from);
                FileChannel out =
                        FileChannel.open(
                                to,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.TRUNCATE_EXISTING,
                                StandardOpenOption.WRITE)) {
            in.transferTo(java.nio.channels.Channels.newOutputStream(out));
            out.force(true);
        }
    }

    private String upload(Bocau bocau, Path file) throws IOException, InterruptedException {
        HttpResponse<String> begun =
                send(
                        tus(bocau, "/v1/media")
                                .header("Upload-Length", Long.toString(Files.size(file)))
                                .POST(HttpRequest.BodyPublishers.noBody()));
        String location = begun.headers().firstValue("Location").orElseThrow();
        send(
                tus(bocau, location)
                        .header("Upload-Offset", "0")
                        .header("Content-Type", "application/offset+octet-stream")
                        .method("PATCH", HttpRequest.BodyPublishers.ofFile(file)));
        return location.substring(location.lastIndexOf('/') + 1);
    }

    private static HttpRequest.Builder tus(Bocau bocau, String path) throws IOException {
        return asUser(bocau, path).header("Tus-Resumable", "1.0.0");
    }

    private static HttpRequest.Builder asUser(Bocau bocau, String path) throws IOException {
        return HttpRequest.newBuilder(bocau.http(path))
                .header("Authorization", "Bearer " + bocau.token(USER));
    }

    private HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        HttpResponse<String> answer =
                http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(answer + ": " + answer.body());
        }
        return answer;
    }

    private URI sent(Bocau bocau, String localId, String id)
            throws IOException, InterruptedException {
        String body =
                "{\"localId\":\"%s\",\"kind\":\"file\",\"mediaId\":\"%s\"}".formatted(localId, id);
        String messages = "/v1/conversations/ab/messages";
        String received =
                send(asUser(bocau, messages).POST(HttpRequest.BodyPublishers.ofString(body)))
                        .body();
        String message = received.replaceAll(".*\"serverId\":\"([^\"]*)\".*", "$1");
        String urls = send(asUser(bocau, messages + "/" + message + "/media")).body();
        return bocau.http(urls.replaceAll(".*\"original\":\"([^\"]*)\".*", "$1"));
    }

    private void download(URI url) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer =
                http.send(
                        HttpRequest.newBuilder(url).build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = answer.body()) {
            long bytes = in.transferTo(OutputStream.nullOutputStream());
            if (bytes != (long) mib << 20) {
                throw new IOException("%,d bytes came down".formatted(bytes));
            }
        }
    }
}
