package dev.bocau.bench.scenario;

import dev.bocau.bench.machine.Limits;
import dev.bocau.bench.machine.Machine;
import dev.bocau.bench.subject.Subject;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Puts servers through the same, one after the other, each beside what the machine can do at that
/// moment, and prints what came out side by side.
public final class Comparison {
    @Option(
            names = "--peer",
            split = ",",
            paramLabel = "NAME",
            description = "also measure ${COMPLETION-CANDIDATES}; may be given several times")
    private List<Peer> peers = List.of();

    @Option(
            names = "--folder",
            description = "on the disk that is to be measured; default: ${DEFAULT-VALUE}")
    private Path folder = Path.of("bench", "target");

    private static final int LOG_LINES = 10;

    /// Rates of fdatasync that differ by more than this make figures that cannot be compared.
    private static final double ALIKE = 1.5;

    /// Some servers run as users of their own.
    private static final FileAttribute<Set<PosixFilePermission>> OPEN =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));

    /// What is done to a server.
    interface Trial {
        /// The figures of a row.
        ///
        /// @param limits of the machine just before
        /// @param remark is told what was not as it should be, although there are figures
        /// @throws IOException if it failed: a message that was lost, say, or a server that ended
        double[] of(Subject subject, Limits limits, Consumer<String> remark) throws IOException;
    }

    /// Why a server has no figures, although it did nothing wrong.
    static final class Unable extends IOException {
        private static final long serialVersionUID = 1;

        Unable(String why) {
            super(why);
        }
    }

    /// Runs a trial with each server and prints the table.
    ///
    /// @return 0, or 1 if anything failed
    int run(String what, Table table, Trial trial) throws IOException {
        System.out.println(what + "\n\n" + Machine.described() + "\n");
        Files.createDirectories(folder);
        // The first time, the JVM is measured that compiles it.
        Limits.measure(folder);
        Table limits = limits();
        List<String> durabilities = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        @Nullable Limits first = null;
        boolean right = true;
        for (Peer peer : Stream.concat(Stream.of(Peer.BOCAU), peers.stream()).distinct().toList()) {
            Path here = Files.createTempDirectory(folder.toAbsolutePath(), peer + "-", OPEN);
            try {
                Machine.settle();
                Limits now = Limits.measure(here);
                limits.add("before " + peer, figures(now));
                first = first == null ? now : first;
                double disk = now.sync().perSecond() / first.sync().perSecond();
                if (disk < 1 / ALIKE || disk > ALIKE) {
                    warnings.add(
                            "- NOT COMPARABLE: before %s the disk did %.2f times as many fdatasyncs as before %s"
                                    .formatted(peer, disk, Peer.BOCAU));
                }
                right &= run(peer, here, now, table, durabilities, trial);
            } finally {
                remove(here);
            }
        }
        System.out.println("\n" + table + "\nBehind a confirmation stands:\n");
        durabilities.forEach(System.out::println);
        System.out.println("\n" + limits);
        warnings.forEach(System.out::println);
        return right ? 0 : 1;
    }

    private static boolean run(
            Peer peer,
            Path here,
            Limits limits,
            Table table,
            List<String> durabilities,
            Trial trial) {
        String name = peer.toString();
        System.out.println("\n### " + name + "\n");
        try (Subject subject = peer.start(here)) {
            name = subject.name();
            durabilities.add("- " + name + ": " + subject.durability());
            List<String> remarks = new ArrayList<>();
            double[] figures = trial.of(subject, limits, remarks::add);
            table.add(remarks.isEmpty() ? name : name + ": " + String.join("; ", remarks), figures);
            return true;
        } catch (Unable e) {
            table.add(name, String.valueOf(e.getMessage()));
            return true;
        } catch (IOException | RuntimeException e) {
            table.add(name, "FAILED: " + e.getMessage());
            System.out.println("FAILED: " + e.getMessage() + "\n" + lastLines(here));
            return false;
        }
    }

    /// Of the logs in a folder.
    private static String lastLines(Path folder) {
        StringBuilder text = new StringBuilder();
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, "*.log")) {
            for (Path log : logs) {
                List<String> lines = Files.readAllLines(log);
                lines.stream()
                        .skip(Math.max(0, lines.size() - LOG_LINES))
                        .forEach(line -> text.append("> ").append(line).append('\n'));
            }
        } catch (IOException unread) {
            text.append(unread);
        }
        return text.toString();
    }

    private static Table limits() {
        return new Table(
                "this machine",
                new Table.Column("fdatasync of 4 KiB, 1/s", "%,.0f"),
                new Table.Column("its p50, ms", "%.3f"),
                new Table.Column("now and then", "%.3f"),
                new Table.Column("loopback round trips, 1/s", "%,.0f"),
                new Table.Column("its p50, ms", "%.3f"),
                new Table.Column("now and then", "%.3f"),
                new Table.Column("Netty echoes, 1/s", "%,.0f"));
    }

    private static double[] figures(Limits limits) {
        return new double[] {
            limits.sync().perSecond(),
            limits.sync().p50Ns() / 1e6,
            limits.sync().seldomNs() / 1e6,
            limits.loopback().perSecond(),
            limits.loopback().p50Ns() / 1e6,
            limits.loopback().seldomNs() / 1e6,
            limits.echo().perSecond()
        };
    }

    /// With all that is in it.
    static void remove(Path folder) throws IOException {
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes about)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path emptied, @Nullable IOException failed) throws IOException {
                        Files.delete(emptied);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
