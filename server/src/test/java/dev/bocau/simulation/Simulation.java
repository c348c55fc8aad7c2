package dev.bocau.simulation;

import dev.bocau.limits.Limits;
import dev.bocau.model.UserId;
import dev.bocau.simulation.Verdict.Broken;
import dev.bocau.simulation.Verdict.Truth;
import dev.bocau.testing.DeviceModel;
import dev.bocau.testing.Link;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// A world of one seed: how many people, how small the limits, how many nodes, how much trouble is
/// drawn from it too.
final class Simulation implements Phone.Network {
    private static final long SECOND_US = 1_000_000;
    private static final long REST_US = 45 * SECOND_US;
    private static final int RESTS = 12;
    private static final int TOKEN_DAYS = 60;

    private final SplittableRandom random;
    private final Scheduler scheduler;
    private final Limits limits;
    private final Verdict verdict;
    private final Servers servers;
    private final People people;
    private final List<Phone> phones = new ArrayList<>();
    private final List<Phone> liars = new ArrayList<>();
    private final Map<String, String> tokens = new HashMap<>();
    private final int nodes;
    private final int users;

    Simulation(long seed) {
        this(seed, 0, line -> {});
    }

    /// @param users how many; 0: as the seed says
    /// @param trace is told everything that happens
    Simulation(long seed, int users, Consumer<String> trace) {
        random = new SplittableRandom(seed);
        scheduler = new Scheduler(random.split());
        boolean losesHints = random.nextInt(3) > 0;
        limits = limits(random.split(), !losesHints);
        Database database = new Database(scheduler, limits, random.split());
        verdict = new Verdict(scheduler, database.disk, limits, trace);
        nodes = 1 + random.nextInt(3);
        this.users = users > 0 ? users : 3 + random.nextInt(10);
        servers =
                new Servers(
                        scheduler, random.split(), limits, database, verdict, nodes, losesHints);
        people = new People(scheduler, random.split(), servers, verdict, this.users, phones, liars);
    }

    private static Limits limits(SplittableRandom random, boolean patient) {
        return Limits.standard()
                .with("connections", 100_000)
                .with("window", 2 + random.nextInt(60))
                .with("logEntries", 20 + random.nextInt(300))
                .with("pageEntries", 2 + random.nextInt(60))
                .with("recentMessages", 1 + random.nextInt(20))
                .with("sendsInFlight", 1 + random.nextInt(16))
                .with("inboxFrames", 1 + random.nextInt(64))
                .with("cursorStoreMs", random.nextInt(1_000))
                .with("commitQueue", random.nextInt(4) == 0 ? 16 : 16_384)
                .with("commitBatch", 1 + random.nextInt(100))
                .with("outboundBytes", 4_096 + random.nextInt(20_000))
                .with("heartbeatMs", patient ? 3_600_000 : 30_000)
                .with("framesPerSecond", random.nextInt(3) == 0 ? 10 : 100_000)
                .with("frameBurst", random.nextInt(3) == 0 ? 10 : 100_000);
    }

    long fingerprint() {
        return verdict.fingerprint();
    }

    @Override
    public String toString() {
        return "%d users, %d devices, %d conversations, %d node(s): %d ✓, %d frames, %s"
                .formatted(
                        users,
                        phones.size(),
                        people.everIn().size(),
                        nodes,
                        verdict.confirmations(),
                        verdict.frames(),
                        Duration.ofMillis(scheduler.nowUs() / 1_000));
    }

    /// Lets so many things happen, lets them come to rest, and judges.
    ///
    /// @throws Broken if a promise was not kept
    void run(long steps) {
        settle();
        for (long step = 1; step <= steps; step++) {
            happen();
            pass(random.nextInt(random.nextInt(30) == 0 ? 2_000_000 : 30_000));
        }
        rest();
        judge();
    }

    /// Lets time pass, as long as all promises are kept.
    private void pass(long us) {
        scheduler.runFor(us);
        verdict.broken()
                .ifPresent(broken -> {
                    throw broken;
                });
    }

    private void settle() {
        servers.start();
        pass(SECOND_US);
        for (int i = 0; i < users; i++) {
            int devices = 1 + random.nextInt(3);
            for (int j = 0; j < devices; j++) {
                phones.add(phone("u" + i, "d" + j));
            }
            if (random.nextInt(6) == 0) {
                liars.add(phone("u" + i, "liar"));
            }
        }
        people.meet();
        pass(SECOND_US);
        phones.forEach(Phone::switchOn);
        liars.forEach(Phone::switchOn);
        pass(3 * SECOND_US);
    }

    private Phone phone(String user, String id) {
        return new Phone(scheduler, random.split(), this, verdict, user, id);
    }

    @Override
    public Optional<Wire> connect(Link.Listener listener, Phone phone) {
        return servers.connect(listener, phone);
    }

    @Override
    public String token(Phone phone) {
        return tokens.computeIfAbsent(
                phone.user,
                user ->
                        Node.tokens(limits, scheduler)
                                .mint(
                                        new UserId(user),
                                        Optional.empty(),
                                        Duration.ofDays(TOKEN_DAYS))
                                .token());
    }

    private void happen() {
        int what = random.nextInt(1_000);
        if (what < 930) {
            people.somebodyDoesSomething();
        } else if (what < 960) {
            people.operatorDoesSomething();
        } else if (what < 980) {
            people.somebodyLies();
        } else if (what < 992) {
            servers.trouble();
        } else if (what < 995) {
            servers.noTrouble();
        } else if (what < 998) {
            servers.killNode();
        } else if (what < 999) {
            servers.killDatabase();
        } else {
            pass(random.nextInt(600) * SECOND_US);
        }
    }

    /// No more trouble, everybody is there, and nothing more is asked for.
    private void rest() {
        verdict.note("the world comes to rest");
        servers.rest();
        scheduler.calm(true);
        for (Phone phone : phones) {
            phone.switchOn();
        }
        liars.forEach(Phone::switchOff);
        for (int i = 0; i < RESTS; i++) {
            pass(REST_US);
            phones.forEach(phone -> phone.active(true));
            if (i > 1 && phones.stream().allMatch(phone -> phone.wants().isEmpty())) {
                pass(REST_US);
                return;
            }
        }
        phones.stream()
                .filter(phone -> !phone.wants().isEmpty())
                .findFirst()
                .ifPresent(phone -> {
                    throw new Broken("%s waits in vain for %s".formatted(phone, phone.wants()));
                });
    }

    private void judge() {
        Truth truth = servers.truth(people.everIn());
        verdict.judge(truth);
        Map<String, DeviceModel> anyOfUser = new HashMap<>();
        phones.forEach(phone -> anyOfUser.put(phone.user, phone.model()));
        phones.forEach(phone -> verdict.judge(phone, truth, anyOfUser));
        Map<String, Phone> fresh = new LinkedHashMap<>();
        for (Phone phone : phones) {
            fresh.computeIfAbsent(phone.user, user -> phone(user, "fresh"));
        }
        fresh.values().forEach(Phone::switchOn);
        pass(REST_US);
        for (Phone phone : phones) {
            verdict.judge(phone, Objects.requireNonNull(fresh.get(phone.user)));
        }
    }
}
