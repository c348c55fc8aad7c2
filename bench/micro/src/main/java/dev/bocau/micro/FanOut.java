package dev.bocau.micro;

import dev.bocau.frame.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// A message to a group until all members' connections have it: appended, on disk, offered to the
/// sessions, encoded. What remains is the sockets' part.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class FanOut {
    /// So many entries and no more may lie past a device's acknowledgement: 1,000.
    private static final int ACKNOWLEDGE_EVERY = 500;

    @Param({"100", "1000"})
    public int members;

    @Param({"PROTO"})
    public WireFormat format;

    private House house;
    private final List<House.Sink> sinks = new ArrayList<>();
    private int unacknowledged;

    @Setup
    public void connect() throws IOException, InterruptedException {
        house = new House(members);
        for (int i = 1; i < members; i++) {
            sinks.add(house.connect(House.user(i), format));
        }
    }

    @Setup(Level.Iteration)
    public void acknowledge() {
        sinks.forEach(House.Sink::acknowledge);
        unacknowledged = 0;
    }

    @Benchmark
    public void message() throws InterruptedException {
        if (++unacknowledged == ACKNOWLEDGE_EVERY) {
            acknowledge();
        }
        long before = sinks.getLast().frames();
        house.conversations().send(house.draft());
        sinks.getLast().await(before + 1);
    }

    @TearDown
    public void close() throws IOException {
        house.close();
    }
}
