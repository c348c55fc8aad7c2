package dev.bocau.store.embedded;

import dev.bocau.model.Commit;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// The starts of this folder's server: which commits are its own. A start's commits end where the
/// next start begins, so a commit that was made after a backup and then lost by restoring it
/// belongs to nobody.
final class Starts {
    private static final String START = "start";

    /// Older ones are forgotten: whoever comes with a position from so long ago gets a snapshot.
    private static final int REMEMBERED = 1_000;

    private record Start(long id, long firstCommit) {}

    private final List<Start> starts = new ArrayList<>();

    private Starts() {}

    /// Reads the starts so far and durably records this one.
    static Starts record(Kv kv, RandomGenerator random) {
        Starts all = new Starts();
        long[] last = {0};
        List<Kv.Change> changes = new ArrayList<>();
        List<byte[]> keys = new ArrayList<>();
        byte[] under = Keys.under(START);
        try (Kv.View view = kv.view()) {
            view.scan(
                    Table.META,
                    under,
                    Keys.end(under),
                    (key, value) -> {
                        RowReader in = new RowReader(value);
                        all.starts.add(new Start(in.fixed(), in.number()));
                        keys.add(key);
                        last[0] = Keys.number(key);
                        return true;
                    });
        }
        long lastCommit = Rows.numbers(kv.get(Table.META, Committer.COMMIT_KEY), 1)[0];
        Start now = new Start(random.nextLong() >>> 1, lastCommit + 1);
        all.starts.add(now);
        byte[] row = new RowWriter().fixed(now.id).number(now.firstCommit).row();
        changes.add(new Kv.Change(Table.META, Keys.numbered(START, last[0] + 1), row));
        while (all.starts.size() > REMEMBERED) {
            all.starts.removeFirst();
            changes.add(new Kv.Change(Table.META, keys.removeFirst(), null));
        }
        kv.write(changes);
        return all;
    }

    /// The newest commit in the tables, as one of this start: its next one is this start's first.
    Commit last() {
        Start now = starts.getLast();
        return new Commit(now.id, now.firstCommit - 1);
    }

    long current() {
        return starts.getLast().id;
    }

    /// Whether this commit is, or may come to be, one of this folder's; `newest` is the number of
    /// the newest one.
    boolean made(Commit commit, long newest) {
        for (int i = starts.size() - 1; i >= 0; i--) {
            if (starts.get(i).id == commit.start()) {
                long end = i + 1 < starts.size() ? starts.get(i + 1).firstCommit - 1 : newest;
                return commit.number() <= end;
            }
        }
        return false;
    }
}
