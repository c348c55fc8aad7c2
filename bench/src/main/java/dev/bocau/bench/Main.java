package dev.bocau.bench;

import dev.bocau.bench.scenario.CatchUp;
import dev.bocau.bench.scenario.Group;
import dev.bocau.bench.scenario.Idle;
import dev.bocau.bench.scenario.Media;
import dev.bocau.bench.scenario.Pairs;
import dev.bocau.bench.scenario.Reconnect;
import dev.bocau.bench.scenario.Soak;
import dev.bocau.bench.scenario.Start;
import dev.bocau.bench.scenario.Transports;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `./bocau bench`: what servers do on this machine.
@Command(
        name = "./bocau bench",
        description = "Measures Bocau and other servers on this machine, beside its limits.",
        synopsisSubcommandLabel = "SCENARIO",
        commandListHeading = "%nScenarios (SCENARIO --help says what can be chosen):%n%n",
        mixinStandardHelpOptions = true,
        subcommands = {
            Pairs.class,
            Group.class,
            Idle.class,
            Reconnect.class,
            CatchUp.class,
            Soak.class,
            Start.class,
            Transports.class,
            Media.class
        })
public final class Main implements Runnable {
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
