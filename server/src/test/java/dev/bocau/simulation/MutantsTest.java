package dev.bocau.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whether the simulation would see a fault: each of these is planted, and caught.
class MutantsTest {
    /// Most faults show within a few; what is found only where nothing else happens takes hundreds.
    private static final int SEEDS = 1_000;

    private static final int STEPS = 300;

    @TempDir Path folder;

    static List<Mutant> mutants() {
        return List.of(
                new Mutant(
                        "a message is confirmed and shown before it is on the disk",
                        "store/embedded/Committer.java",
                        "kv.write(tx.changes());",
                        "decided.forEach(Pending::tell); kv.write(tx.changes());"),
                new Mutant(
                        "an entry is handed over to a device that is not right in front of it",
                        "session/Drain.java",
                        "sent.head().changes() != entry.before()",
                        "sent.head().changes() > entry.before()"),
                new Mutant(
                        "what comes while a drain is under way wakes nobody",
                        "session/Drain.java",
                        "            woken = true;\n            open = false;\n        }\n        schedule();\n    }\n\n    /// The session's own",
                        "            open = false;\n        }\n        schedule();\n    }\n\n    /// The session's own"),
                new Mutant(
                        "a lost hint is never made good",
                        "session/Session.java",
                        "current.checkHead();",
                        ""),
                new Mutant(
                        "a receipt window opens once and never again",
                        "session/ReceiptWindows.java",
                        "timing &= ~bit(track);",
                        ""),
                new Mutant(
                        "a receipt window opens before the last one's frame is sent",
                        "session/Drain.java",
                        "    private void fired(Track track) {\n",
                        "    private void fired(Track track) {\n synchronized (this) { receipts.passed(track); }\n"),
                new Mutant(
                        "a read mark moves back",
                        "store/embedded/Marks.java",
                        "if (advance.toSeq() > marks.readSeq()) {",
                        "if (advance.toSeq() > 0) {"),
                new Mutant(
                        "a user's other devices are not told what it has read",
                        "store/embedded/Marks.java",
                        "new EntryRow(Sort.READ_HERE, now, conversation.id(), 0, device.value())",
                        "new EntryRow(Sort.READ, now, conversation.id(), 0, user.value())"),
                new Mutant(
                        "what is acknowledged is not delivered",
                        "session/Window.java",
                        "sent.delivered.forEach(mark -> newest.merge(mark.conversation(), mark, Mark::further));",
                        ""),
                new Mutant(
                        "a localId is forgotten",
                        "store/embedded/LocalIds.java",
                        "tx.put(Table.SENT, inPeriod(nowMs / PERIOD_MS, name), row.row());",
                        ""),
                new Mutant(
                        "a message overtakes one that was refused",
                        "session/Requests.java",
                        "if (waitMs > 0) {",
                        "if (waitMs > 1_000_000) {"),
                new Mutant(
                        "retention takes entries away and does not raise the floor",
                        "store/embedded/Retention.java",
                        "floors[t] = Math.max(floors[t], rows.getLast().offset);",
                        ""),
                new Mutant(
                        "a snapshot's head is taken after its pages",
                        "log/UserLog.java",
                        "states, all ? head :",
                        "states, all ? store.head(user) :"),
                new Mutant(
                        "entries of a conversation that was left are shown",
                        "store/embedded/LogReader.java",
                        "        if (!visible(entry)) {\n            return null;\n        }\n",
                        ""));
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void a_planted_fault_is_caught(Mutant mutant) throws IOException {
        assertThat(mutant.caughtBy(folder, SEEDS, STEPS)).as(mutant.fault()).isPresent();
    }
}
