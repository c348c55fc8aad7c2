package dev.bocau.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What processes have taken of this machine so far, from /proc (Linux).
///
/// @param cpuSeconds of them and of those of their children that have ended
/// @param residentBytes what several of them share counts once (PSS)
public record Usage(double cpuSeconds, long residentBytes) {
    /// USER_HZ, which is 100 on every architecture that Java runs on: proc_pid_stat(5).
    private static final double TICKS_PER_SECOND = 100;

    private static final Pattern SHARE = Pattern.compile("(?m)^Pss:\\s+(\\d+) kB");

    public static Usage of(List<Long> pids) {
        double cpu = 0;
        long resident = 0;
        for (long pid : pids) {
            Path folder = Path.of("/proc", Long.toString(pid));
            String stat = text(folder.resolve("stat"));
            if (stat.isEmpty()) {
                continue;
            }
            // After the name, which may contain anything but ends with the last bracket.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            for (int i = 11; i < 15; i++) {
                cpu += Long.parseLong(fields[i]) / TICKS_PER_SECOND;
            }
            Matcher matcher = SHARE.matcher(text(folder.resolve("smaps_rollup")));
            resident += matcher.find() ? Long.parseLong(matcher.group(1)) * 1_024 : 0;
        }
        return new Usage(cpu, resident);
    }

    public static Usage ofThisProcess() {
        return of(List.of(ProcessHandle.current().pid()));
    }

    /// Nothing, if the process has ended meanwhile.
    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException ended) {
            return "";
        }
    }
}
