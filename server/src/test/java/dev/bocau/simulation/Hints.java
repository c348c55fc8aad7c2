package dev.bocau.simulation;

import dev.bocau.bus.Bus;
import dev.bocau.bus.Hint;
import dev.bocau.model.Appended;
import dev.bocau.model.UserId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// The bus between nodes. What a node tells itself comes at once, most of the time; everything may
/// come late, twice, in another order, or not at all.
final class Hints {
    private static final int LATEST_US = 50_000;

    private final Scheduler scheduler;
    private final SplittableRandom random;
    private final List<End> ends = new ArrayList<>();
    private int lostPercent;

    Hints(Scheduler scheduler, SplittableRandom random) {
        this.scheduler = scheduler;
        this.random = random;
    }

    void lose(int percent) {
        lostPercent = percent;
    }

    Bus of(Scheduler.Life node) {
        ends.removeIf(end -> end.node.dead());
        End end = new End(node);
        ends.add(end);
        return end;
    }

    private final class End implements Bus {
        private final Scheduler.Life node;
        private final Map<UserId, Integer> users = new HashMap<>();
        private Consumer<Hint> listener = hint -> {};

        End(Scheduler.Life node) {
            this.node = node;
        }

        @Override
        public void listen(Consumer<Hint> newListener) {
            listener = newListener;
        }

        @Override
        public void subscribe(UserId user) {
            users.merge(user, 1, Integer::sum);
        }

        @Override
        public void unsubscribe(UserId user) {
            users.merge(user, -1, Integer::sum);
        }

        @Override
        public void tell(Hint hint) {
            if (node.dead()) {
                return;
            }
            for (End end : List.copyOf(ends)) {
                boolean prompt = end == this && random.nextInt(10) > 0;
                if (random.nextInt(100) < lostPercent) {
                    continue;
                }
                if (prompt) {
                    end.hear(hint);
                } else {
                    later(end, hint);
                }
                if (lostPercent > 0 && random.nextInt(20) == 0) {
                    later(end, hint);
                }
            }
        }

        private void later(End end, Hint hint) {
            scheduler.at(scheduler.nowUs() + random.nextInt(LATEST_US), () -> end.hear(hint));
        }

        private void hear(Hint hint) {
            if (!node.dead() && concerns(hint)) {
                listener.accept(hint);
            }
        }

        private boolean concerns(Hint hint) {
            return switch (hint) {
                case Hint.Grown grown ->
                        grown.appended().stream().map(Appended::user).anyMatch(this::heard);
                case Hint.Connected connected -> heard(connected.user());
                case Hint.SignedOut out -> heard(out.user());
            };
        }

        private boolean heard(UserId user) {
            return users.getOrDefault(user, 0) > 0;
        }

        @Override
        public void close() {}
    }
}
