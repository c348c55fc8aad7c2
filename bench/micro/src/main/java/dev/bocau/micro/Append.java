package dev.bocau.micro;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// A message until it is on disk, in a conversation of two: alone, and among many that wait.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Append {
    private static final int MANY = 512;

    private House house;

    @Setup
    public void open() throws IOException {
        house = new House(2);
    }

    @Benchmark
    public Object alone() {
        return house.store().send(house.draft()).join();
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public void amongMany() {
        CompletableFuture<?>[] sent = new CompletableFuture<?>[MANY];
        for (int i = 0; i < MANY; i++) {
            sent[i] = house.store().send(house.draft());
        }
        CompletableFuture.allOf(sent).join();
    }

    @TearDown
    public void close() throws IOException {
        house.close();
    }
}
