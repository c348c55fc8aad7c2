package dev.bocau;

import dev.bocau.auth.Secrets;
import dev.bocau.auth.Tokens;
import dev.bocau.auth.TrustedKeys;
import dev.bocau.config.Config;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Id;
import dev.bocau.model.UserId;
import dev.bocau.push.web.Vapid;
import dev.bocau.redis.RedisUnavailable;
import dev.bocau.store.archive.Migration;
import dev.bocau.store.cluster.ClusterArchive;
import dev.bocau.store.embedded.EmbeddedArchive;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// The command line.
@Command(
        name = "bocau",
        mixinStandardHelpOptions = true,
        version = "bocau 0.1.0",
        description = "The messaging server that an app team runs itself.",
        synopsisSubcommandLabel = "COMMAND",
        scope = CommandLine.ScopeType.INHERIT)
public final class Main {
    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--config",
            scope = CommandLine.ScopeType.INHERIT,
            description =
                    "YAML file; each key is also an environment variable, see docs/configuration.md.")
    private @Nullable Path configFile;

    private Main() {}

    /// Runs a command and exits with its status.
    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(new Main());
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            return switch (failure) {
                case Config.Invalid known -> told(command, known);
                case IllegalStateException known -> told(command, known);
                case IllegalArgumentException known -> told(command, known);
                case UncheckedIOException known -> told(command, known);
                case RedisUnavailable known -> told(command, known);
                default -> throw failure;
            };
        });
        System.exit(line.execute(arguments));
    }

    private static int told(CommandLine command, Exception failure) {
        command.getErr().println("bocau: " + failure.getMessage());
        return 1;
    }

    @Command(description = "Runs the server until it is told to stop (SIGTERM, Ctrl-C).")
    int serve() throws InterruptedException {
        run(config(), false);
        return 0;
    }

    @Command(
            description = {
                "Runs the server with two demo accounts and a page that shows their devices side by side.",
                "Anybody who reaches its port can be one of the demo accounts."
            })
    int demo() throws InterruptedException {
        run(config(), true);
        return 0;
    }

    private void run(Config config, boolean demo) throws InterruptedException {
        System.setProperty("bocau.logFormat", config.jsonLogs() ? "json" : "text");
        CountDownLatch stopped = new CountDownLatch(1);
        Server server = Server.start(config, demo);
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform()
                                .name("bocau-stop")
                                .unstarted(() -> {
                                    server.close();
                                    stopped.countDown();
                                }));
        PrintWriter out = out();
        out.println();
        out.println("  Bocau is up: " + server.url());
        if (!demo) {
            out.println("  A token for a user:  bocau token alice");
            out.println("  The admin key:       " + server.adminKeyHint());
        }
        out.println();
        out.flush();
        stopped.await();
    }

    @Command(
            description =
                    "Prints a token that lets a user in, signed with the server's own secret.")
    int token(
            @Parameters(paramLabel = "USER", description = "The user's id.") String user,
            @Option(names = "--device", description = "The only device that may use it.")
                    @Nullable String device,
            @Option(
                            names = "--days",
                            defaultValue = "30",
                            description = "How long it is valid (default: ${DEFAULT-VALUE}).")
                    int days) {
        Config config = config();
        if (!Id.wellFormed(user) || (device != null && !Id.wellFormed(device))) {
            throw new IllegalStateException(
                    "an id is 1 to 128 characters of A-Z a-z 0-9 . _ : @ -");
        }
        if (days < 1 || days > config.limits().tokenDays()) {
            throw new IllegalStateException(
                    "--days is to be between 1 and " + config.limits().tokenDays());
        }
        Tokens tokens = tokens(config, InstantSource.system());
        out().println(
                        tokens.mint(
                                        new UserId(user),
                                        Optional.ofNullable(device).map(DeviceId::new),
                                        Duration.ofDays(days))
                                .token());
        return 0;
    }

    @Command(description = "Prints new keys for Web Push, to be configured.")
    int vapid() {
        Vapid.Keys keys = Vapid.makeKeys();
        out().println("push:\n  web:");
        out().println("    publicKey: " + keys.publicKey());
        out().println("    privateKey: " + keys.privateKey());
        out().println("    contact: mailto:");
        return 0;
    }

    @Command(
            description = {
                "Takes everything from the data folder of one server (dataDir) into a cluster (store: cluster), and compares both.",
                "The server is to be stopped, and none of the cluster started yet. Given up, it goes on where it was when it is run again.",
                "The folder is left as it is."
            })
    int migrate(
            @Option(names = "--check", description = "Compares both, and changes nothing.")
                    boolean check) {
        Config config = config();
        Config.Cluster cluster =
                config.cluster()
                        .orElseThrow(() ->
                                new IllegalStateException(
                                        "say where to: store: cluster, and the settings under cluster"));
        try (EmbeddedArchive from = EmbeddedArchive.open(config.dataDir().resolve("store"));
                ClusterArchive to =
                        ClusterArchive.open(
                                Kept.engines(cluster), config.limits(), config.readTime());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Migration migration = new Migration(from, to, threads, out()::println);
            if (check) {
                migration.check();
            } else {
                migration.run();
            }
        }
        return 0;
    }

    static Tokens tokens(Config config, InstantSource clock) {
        byte[] own = tokenKey(config);
        List<byte[]> secrets = new ArrayList<>();
        secrets.add(own);
        config.auth()
                .secret()
                .ifPresent(secret -> secrets.add(secret.getBytes(StandardCharsets.UTF_8)));
        TrustedKeys keys =
                new TrustedKeys(secrets, config.auth().ed25519(), config.auth().jwksUrl());
        String adminKey =
                config.adminKey()
                        .orElseGet(() -> Secrets.readOrMake(config.dataDir(), "admin.key"));
        return new Tokens(
                own,
                adminKey,
                keys,
                config.auth().issuer(),
                config.auth().audience(),
                config.limits(),
                clock);
    }

    /// The secret that all servers of an installation share.
    static byte[] tokenKey(Config config) {
        return config.tokenKey()
                .orElseGet(() -> Secrets.readOrMake(config.dataDir(), "token.key"))
                .getBytes(StandardCharsets.UTF_8);
    }

    private Config config() {
        return Config.load(Optional.ofNullable(configFile), System.getenv());
    }

    private PrintWriter out() {
        return Objects.requireNonNull(spec).commandLine().getOut();
    }
}
