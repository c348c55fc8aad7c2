package dev.bocau.simulation;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `./bocau simulate`.
@Command(
        name = "simulate",
        description = "Looks for a seed with which a promise is broken.",
        mixinStandardHelpOptions = true)
public final class Main implements Callable<Integer> {
    @Option(names = "--seed", description = "the first one; default: ${DEFAULT-VALUE}")
    private long seed;

    @Option(
            names = "--steps",
            description = "that are to happen in all worlds together; default: ${DEFAULT-VALUE}")
    private long steps = 1_000_000;

    @Option(names = "--world", description = "steps of one world; default: ${DEFAULT-VALUE}")
    private long world = 1_000;

    @Option(names = "--users", description = "of each world; 0: as its seed says")
    private int users;

    @Option(names = "--keep-going", description = "also after a broken promise")
    private boolean keepGoing;

    @Option(names = "--trace", description = "print everything that happens")
    private boolean trace;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public Integer call() {
        int broken = 0;
        for (long done = 0; done < steps && (broken == 0 || keepGoing); done += world) {
            long length = Math.min(world, steps - done);
            long number = seed + done / world;
            Simulation simulation = new Simulation(number, users, this::print);
            try {
                simulation.run(length);
                System.out.printf("seed %d: %s%n", number, simulation);
            } catch (RuntimeException | AssertionError e) {
                broken++;
                System.out.printf(
                        "seed %d: BROKEN: %s%n  again: ./bocau simulate --seed %d --steps %d --world %d%s%n",
                        number, e, number, length, length, users == 0 ? "" : " --users " + users);
                if (!(e instanceof Verdict.Broken)) {
                    e.printStackTrace(System.out);
                }
            }
        }
        System.out.printf("%d world(s) broken%n", broken);
        return broken == 0 ? 0 : 1;
    }

    private void print(String line) {
        if (trace) {
            System.out.println(line.replaceAll("\\s+", " "));
        }
    }
}
