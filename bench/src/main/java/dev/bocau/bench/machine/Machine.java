package dev.bocau.bench.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a figure must say of the machine that it was taken on.
public final class Machine {
    private static final double GIB = 1L << 30;

    private Machine() {}

    /// Date, commit, processors, memory, kernel and JDK, in a line.
    public static String described() throws IOException {
        return "%s; commit %s; %d × %s; %.0f GiB; Linux %s; JDK %s"
                .formatted(
                        LocalDate.now(ZoneOffset.UTC),
                        said("git", "describe", "--always", "--dirty"),
                        Runtime.getRuntime().availableProcessors(),
                        first("model name\\s*:\\s*(.*)", "/proc/cpuinfo"),
                        Long.parseLong(first("MemTotal:\\s*(\\d+) kB", "/proc/meminfo"))
                                * 1_024
                                / GIB,
                        System.getProperty("os.version"),
                        Runtime.version());
    }

    /// Waits until what others have written, a build perhaps, is on disk.
    public static void settle() {
        said("sync");
    }

    /// What a command says, or `?` if there is no such command here.
    private static String said(String... command) {
        try {
            Process process = new ProcessBuilder(command).start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .strip();
        } catch (IOException none) {
            return "?";
        }
    }

    private static String first(String pattern, String file) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(Path.of(file)));
        return matcher.find() ? matcher.group(1) : "0";
    }
}
