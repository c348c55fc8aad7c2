package dev.bocau.bench.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// What lives on a JVM's heap after a full collection.
public final class LiveHeap {
    private LiveHeap() {}

    /// What lives there now, in bytes.
    public static long of(long pid) {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        List<String> command = List.of(jcmd.toString(), Long.toString(pid), "GC.class_histogram");
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return output.lines()
                    .filter(line -> line.startsWith("Total"))
                    .map(line -> line.trim().split("\\s+"))
                    .mapToLong(fields -> Long.parseLong(fields[2]))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("jcmd said " + output));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
