package dev.bocau.bench;

import dev.bocau.bench.scenario.Pairs;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `./bocau bench`: what servers do on this machine.
@Command(
        name = "./bocau bench",
        description = "Measures Bocau and other servers on this machine, beside its limits.",
        synopsisSubcommandLabel = "SCENARIO",
        commandListHeading = "%nScenarios (SCENARIO --help says what can be chosen):%n%n",
        mixinStandardHelpOptions = true,
        subcommands = {Pairs.class})
public final class Main implements Runnable {
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
