package dev.bocau.push;

import dev.bocau.limits.Limits;
import dev.bocau.model.Device;
import dev.bocau.model.Position.Cursor;
import dev.bocau.push.Due.Item;
import dev.bocau.store.PushMark;
import dev.bocau.store.PushTarget;
import dev.bocau.store.Pushed;
import dev.bocau.store.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/// Pushes what is due for one device, and writes down what has become of it. The mark moves after
/// the provider has answered: a process that dies in between pushes again, in the same place of the
/// device's screen.
final class Delivery {
    private static final Duration CAUGHT_UP_EVERY = Duration.ofHours(1);

    private final PushContext context;
    private final Store store;
    private final Limits limits;
    private final DueReader reader;

    Delivery(PushContext context) {
        this.context = context;
        this.store = context.store();
        this.limits = context.limits();
        this.reader = new DueReader(store, limits, context.content());
    }

    /// What has become of it.
    sealed interface Outcome {}

    /// Everything that was due was dealt with.
    ///
    /// @param asked whether the provider was asked for it
    record Done(OptionalLong lookAgainAtMs, boolean asked) implements Outcome {}

    /// Another node is at it.
    record Elsewhere() implements Outcome {}

    /// The device is to be left alone for a while.
    record Later(Duration delay) implements Outcome {}

    /// So is the provider.
    record Busy(Optional<Duration> retryAfter) implements Outcome {}

    /// @param mine whether a device is still one for this provider
    /// @param background see {@link DueReader#read}
    Outcome push(
            PushKey key, Provider provider, Predicate<Device> mine, Optional<Cursor> background) {
        if (!context.claims().take(key.user(), key.device(), claim())) {
            return new Elsewhere();
        }
        try {
            return store.pushTarget(key.user(), key.device())
                    .filter(target -> mine.test(target.device()))
                    .map(target -> pushClaimed(key, target, provider, background))
                    .orElseGet(() -> new Done(OptionalLong.empty(), false));
        } finally {
            context.claims().release(key.user(), key.device());
        }
    }

    /// Moves the mark of a device behind that has acknowledged everything, now and then: should its
    /// cursor be lost with the log, as in a cluster, little is pushed that it has got.
    void catchUp(PushKey key, PushTarget target, Cursor head) {
        PushMark mark = target.mark();
        long doneUpToMs = context.clock().millis() - limits.pushAfterMs();
        String token = target.device().pushToken();
        boolean behind = doneUpToMs - mark.doneUpToMs() > CAUGHT_UP_EVERY.toMillis();
        if (token == null || !behind || !context.claims().take(key.user(), key.device(), claim())) {
            return;
        }
        try {
            Optional<PushTarget> now = store.pushTarget(key.user(), key.device());
            if (now.equals(Optional.of(target))) {
                PushMark caughtUp = new PushMark(head, doneUpToMs, mark.newest());
                store.pushed(key.user(), key.device(), token, caughtUp).orRefuse();
            }
        } finally {
            context.claims().release(key.user(), key.device());
        }
    }

    /// Longer than all that can be due takes.
    private Duration claim() {
        return Duration.ofMillis((limits.pushConversations() + 2L) * limits.pushTimeoutMs());
    }

    private Outcome pushClaimed(
            PushKey key, PushTarget target, Provider provider, Optional<Cursor> background) {
        String token = Objects.requireNonNull(target.device().pushToken());
        PushMark mark = target.mark();
        Due due = reader.read(key.user(), target, background, context.clock().millis());
        List<Pushed> pushed = new ArrayList<>(mark.newest());
        due.dealtWith()
                .forEach(id -> pushed.replaceAll(it -> gone(it, it.conversation().equals(id))));
        for (Item item : due.items()) {
            Answer answer = provider.push(token, item.notice());
            count(provider, answer);
            String text = provider.name() + " " + answer.text();
            switch (answer) {
                case Answer.Accepted accepted -> note(pushed, item, text, true);
                case Answer.Refused refused -> note(pushed, item, text, false);
                case Answer.Invalid invalid -> {
                    note(pushed, item, text, false);
                    PushMark last = new PushMark(due.through(), due.doneUpToMs(), kept(pushed));
                    store.dropPushToken(key.user(), key.device(), token, last).orRefuse();
                    return new Done(OptionalLong.empty(), true);
                }
                case Answer.DeviceBusy busy -> {
                    noteTry(key, token, mark, pushed, item, text);
                    return new Later(pause(busy.retryAfter()));
                }
                case Answer.ProviderBusy busy -> {
                    noteTry(key, token, mark, pushed, item, text);
                    return new Busy(busy.retryAfter());
                }
            }
        }
        PushMark done = new PushMark(due.through(), due.doneUpToMs(), kept(pushed));
        boolean moved = done.through().changes() != mark.through().changes();
        if (moved || !done.newest().equals(mark.newest())) {
            store.pushed(key.user(), key.device(), token, done).orRefuse();
        }
        return new Done(due.lookAgainAtMs(), !due.items().isEmpty());
    }

    private Duration pause(Optional<Duration> retryAfter) {
        return Duration.ofMillis(Outlet.pauseMs(0, retryAfter, limits, context.random()));
    }

    /// A notice takes the place of what was shown of its conversation.
    private void note(List<Pushed> pushed, Item item, String answer, boolean taken) {
        Notice notice = item.notice();
        pushed.replaceAll(it -> gone(it, taken && it.conversation().equals(notice.conversation())));
        if (notice instanceof Notice.Arrived) {
            pushed.add(
                    new Pushed(
                            notice.conversation(),
                            item.fromSeq(),
                            item.toSeq(),
                            context.clock().millis(),
                            answer,
                            taken));
        }
    }

    private static Pushed gone(Pushed push, boolean gone) {
        return gone && push.shown() ? push.takenBack() : push;
    }

    /// Leaves the mark where it is, so that it is tried again, and notes why: once, not each time.
    private void noteTry(
            PushKey key, String token, PushMark mark, List<Pushed> pushed, Item item, String text) {
        boolean noted =
                !mark.newest().isEmpty()
                        && mark.newest().getLast().answer().equals(text)
                        && mark.newest()
                                .getLast()
                                .tellsOf(item.notice().conversation(), item.toSeq());
        if (!noted) {
            note(pushed, item, text, false);
            PushMark tried = new PushMark(mark.through(), mark.doneUpToMs(), kept(pushed));
            store.pushed(key.user(), key.device(), token, tried).orRefuse();
        }
    }

    private List<Pushed> kept(List<Pushed> pushed) {
        long oldestMs = context.clock().millis() - Duration.ofDays(limits.logDays()).toMillis();
        List<Pushed> young = pushed.stream().filter(it -> it.atMs() >= oldestMs).toList();
        return young.subList(Math.max(0, young.size() - limits.pushesKept()), young.size());
    }

    private void count(Provider provider, Answer answer) {
        context.metrics()
                .counter(
                        "bocau.pushes",
                        "provider",
                        provider.name(),
                        "answer",
                        answer.getClass().getSimpleName())
                .increment();
    }
}
