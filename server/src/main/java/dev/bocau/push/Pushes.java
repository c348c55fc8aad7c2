package dev.bocau.push;

import dev.bocau.bus.Hint;
import dev.bocau.limits.Limits;
import dev.bocau.model.Appended;
import dev.bocau.model.Commit;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Position.Cursor;
import dev.bocau.model.Refused;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import dev.bocau.store.PushTarget;
import dev.bocau.store.Store;
import io.micrometer.core.instrument.Gauge;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Knows when to look whether something is due for a device, and at which outlet it waits then.
///
/// It looks at a user some time after its log has grown, when the devices that listen have
/// acknowledged; at once when something was sent to a device in the background; and at everybody
/// now and then, slice by slice: what was forgotten here, because too much waited or a process has
/// died, is found again in the store.
public final class Pushes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pushes.class);
    private static final Cursor NOWHERE = new Cursor(new Commit(0, 0), 0, 0, 0);
    private static final int LOOKS_AT_ONCE = 16;
    private static final int USERS_AT_A_TIME = 500;

    private final PushContext context;
    private final Store store;
    private final Limits limits;
    private final List<Provider> providers;
    private final Delivery delivery;
    private final Waiting<UserId> looks;
    private final Map<String, Outlet> outlets = new ConcurrentHashMap<>();

    /// Users whose logs have grown, and when they are looked at.
    private final Map<UserId, Long> awaited = new ConcurrentHashMap<>();

    private final InBackground inBackground;

    private volatile boolean closed;

    /// @param providers none: nothing is pushed
    public Pushes(PushContext context, List<Provider> providers) {
        this.context = context;
        this.store = context.store();
        this.limits = context.limits();
        this.providers = providers;
        this.delivery = new Delivery(context);
        this.inBackground = new InBackground(limits.pushWaiting());
        this.looks =
                new Waiting<>(context.threads(), LOOKS_AT_ONCE, limits.pushWaiting(), this::look);
        Gauge.builder(
                        "bocau.push.waiting",
                        outlets,
                        all -> all.values().stream().mapToInt(Outlet::size).sum())
                .description("Devices that wait for their push provider")
                .register(context.metrics());
        if (!providers.isEmpty()) {
            sweepLater(0);
        }
    }

    // --------------------------------------------------------------------------------------------------- when to look

    /// What the bus tells.
    public void heard(Hint hint) {
        if (providers.isEmpty() || !(hint instanceof Hint.Grown grown)) {
            return;
        }
        for (Appended entry : grown.appended()) {
            boolean own = entry.message() != null && entry.message().sender().equals(entry.user());
            if (entry.track() == Track.CHANGES && !own) {
                await(entry.user(), limits.pushAfterMs());
            }
        }
    }

    /// Messages of others were sent to a device in the background.
    ///
    /// @param acknowledged where it stood when it went there; empty: nowhere yet
    public void sentInBackground(UserId user, DeviceId device, Optional<Cursor> acknowledged) {
        if (!providers.isEmpty()) {
            inBackground.note(new PushKey(user, device), acknowledged.orElse(NOWHERE));
            looks.offer(user);
        }
    }

    /// Looks at a user after a while, or sooner if that was asked for already.
    private void await(UserId user, long delayMs) {
        long atMs = context.clock().millis() + delayMs;
        Long planned = awaited.get(user);
        boolean sooner = planned == null ? awaited.size() < limits.pushWaiting() : atMs < planned;
        if (sooner && awaited.merge(user, atMs, Math::min) == atMs) {
            context.timer()
                    .after(
                            Duration.ofMillis(delayMs),
                            () -> {
                                if (awaited.remove(user, atMs)) {
                                    looks.offer(user);
                                }
                            });
        }
    }

    private void sweepLater(int slice) {
        Duration each = Duration.ofMillis(Math.max(1, limits.pushSweepMs() / Store.PUSH_SLICES));
        context.timer()
                .after(
                        each,
                        () -> {
                            if (!closed) {
                                context.threads().execute(() -> sweep(slice));
                            }
                        });
    }

    private void sweep(int slice) {
        try {
            // A little less than a round takes, or every other turn would come too early.
            Duration turn = Duration.ofMillis(limits.pushSweepMs() * 3L / 4);
            if (context.claims().takeTurn(slice, turn)) {
                Optional<UserId> last = Optional.empty();
                List<UserId> users;
                do {
                    users = store.pushUsers(slice, last, USERS_AT_A_TIME);
                    users.forEach(this::look);
                    last = users.isEmpty() ? last : Optional.of(users.getLast());
                } while (users.size() == USERS_AT_A_TIME && !closed);
            }
        } catch (RuntimeException e) {
            failed("looking for pushes that are due", e);
        } finally {
            sweepLater((slice + 1) % Store.PUSH_SLICES);
        }
    }

    // -------------------------------------------------------------------------------------------------------- looking

    /// Sends those of a user's devices to their outlets that are not at the head of its log.
    private void look(UserId user) {
        if (closed) {
            return;
        }
        try {
            Set<DeviceId> unseen = inBackground.devices(user);
            List<PushTarget> targets = store.pushTargets(user);
            forgetOthers(user, unseen, targets);
            if (targets.isEmpty()) {
                return;
            }
            Cursor head = store.head(user);
            targets.forEach(target -> look(new PushKey(user, target.device().id()), target, head));
        } catch (RuntimeException e) {
            failed("looking whether a push is due", e);
            await(user, limits.pushPauseMaxMs());
        }
    }

    /// Devices that have no push token, or are not there any more.
    private void forgetOthers(UserId user, Set<DeviceId> unseen, List<PushTarget> targets) {
        if (unseen.isEmpty()) {
            return;
        }
        Set<DeviceId> others = new HashSet<>(unseen);
        targets.forEach(target -> others.remove(target.device().id()));
        others.forEach(device -> inBackground.forget(new PushKey(user, device)));
    }

    private void look(PushKey key, PushTarget target, Cursor head) {
        Optional<Provider> provider = provider(target.device());
        if (provider.isPresent() && past(key, target).changes() < head.changes()) {
            outlet(provider.get(), target.device()).offer(key);
        } else {
            inBackground.forget(key);
            delivery.catchUp(key, target, head);
        }
    }

    private Cursor past(PushKey key, PushTarget target) {
        return DueReader.further(
                target.mark().through(),
                inBackground.of(key).or(() -> DueReader.acknowledged(target)));
    }

    private Optional<Provider> provider(Device device) {
        return device.pushToken() == null
                ? Optional.empty()
                : providers.stream().filter(provider -> provider.takes(device)).findFirst();
    }

    private Outlet outlet(Provider provider, Device device) {
        String token = Objects.requireNonNull(device.pushToken());
        String destination = provider.name() + " " + provider.destination(token);
        return outlets.computeIfAbsent(destination, it -> makeOutlet(provider));
    }

    private Outlet makeOutlet(Provider provider) {
        // What it works on needs the outlet itself, to tell it that it is busy.
        Outlet[] made = new Outlet[1];
        Waiting<PushKey> waiting =
                new Waiting<>(
                        context.threads(),
                        limits.pushesAtOnce(),
                        limits.pushWaiting(),
                        key -> push(key, provider, made[0]));
        made[0] = new Outlet(waiting, limits, context.timer(), context.random());
        return made[0];
    }

    // -------------------------------------------------------------------------------------------------------- pushing

    private void push(PushKey key, Provider provider, Outlet outlet) {
        if (closed) {
            return;
        }
        Optional<Cursor> background = inBackground.take(key);
        try {
            Optional<Provider> mine = Optional.of(provider);
            switch (delivery.push(
                    key, provider, device -> provider(device).equals(mine), background)) {
                case Delivery.Done(var lookAgainAtMs, boolean asked) -> {
                    if (asked) {
                        outlet.answered();
                    }
                    lookAgainAtMs.ifPresent(at -> await(key.user(), at - context.clock().millis()));
                }
                case Delivery.Elsewhere elsewhere -> {
                    background.ifPresent(at -> inBackground.note(key, at));
                    await(key.user(), limits.pushAfterMs());
                }
                case Delivery.Later(Duration delay) -> {
                    outlet.answered();
                    background.ifPresent(at -> inBackground.note(key, at));
                    await(key.user(), delay.toMillis());
                }
                case Delivery.Busy(var retryAfter) -> {
                    background.ifPresent(at -> inBackground.note(key, at));
                    outlet.busy(retryAfter);
                    outlet.offer(key);
                }
            }
        } catch (RuntimeException e) {
            failed("pushing", e);
            background.ifPresent(at -> inBackground.note(key, at));
            await(key.user(), limits.pushPauseMaxMs());
        }
    }

    /// What the store cannot do it has told itself.
    private static void failed(String what, RuntimeException why) {
        if (!(why instanceof Refused)) {
            LOG.error("{} failed and is tried again", what, why);
        }
    }

    /// Looks and pushes no more. What is due is found again.
    @Override
    public void close() {
        closed = true;
        looks.close();
        outlets.values().forEach(Outlet::close);
    }
}
