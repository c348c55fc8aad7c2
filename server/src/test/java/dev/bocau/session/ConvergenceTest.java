package dev.bocau.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.limits.Limits;
import dev.bocau.model.Conversation.History;
import dev.bocau.model.Conversation.Kind;
import dev.bocau.model.ConversationId;
import dev.bocau.model.UserId;
import dev.bocau.protocol.MessageReceived;
import dev.bocau.testing.DeviceModel;
import dev.bocau.testing.TestDevice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Promise 4: when traffic stops, all devices of a user hold the same state, and it equals what a
/// fresh device gets: snapshot + entries = fresh snapshot.
class ConvergenceTest extends SessionFixture {
    private static final int STEPS = 150;

    @Override
    Limits limits() {
        return PATIENT.with("window", 50).with("recentMessages", 20).with("logEntries", 200);
    }

    /// Who is there when something changes.
    private record Scene(
            TestDevice alice,
            TestDevice bob,
            TestDevice laptop,
            TestDevice carol,
            MessageReceived first) {}

    /// Something that makes an entry of one kind.
    private interface Change {
        void in(Scene scene);
    }

    private Map<String, Change> changes() {
        Map<String, Change> changes = new LinkedHashMap<>();
        changes.put("a message", scene -> scene.alice.sent("g", "one more"));
        changes.put("an own message", scene -> scene.bob.sent("g", "one of mine"));
        changes.put("an edit", scene -> scene.alice.edit("g", scene.first.getServerId(), "better"));
        changes.put("a recall", scene -> scene.alice.recall("g", scene.first.getServerId()));
        changes.put("a read", scene -> scene.laptop.read("g", 2));
        changes.put("a read by another", scene -> scene.alice.read("g", 3));
        changes.put("a delivery", scene -> scene.carol.connect());
        changes.put("a new conversation", scene -> house.group("another", "alice", "bob"));
        changes.put("joined", scene -> join("full", "bob"));
        changes.put("left", scene -> leave("g", "bob"));
        changes.put(
                "left and came back",
                scene -> {
                    leave("g", "bob");
                    scene.alice.sent("g", "while bob was away");
                    join("g", "bob");
                });
        changes.put("a title", scene -> rename("g", "New title"));
        changes.put("somebody came", scene -> join("g", "dave"));
        changes.put("somebody left", scene -> leave("g", "carol"));
        return changes;
    }

    static List<String> kinds() {
        return List.copyOf(new ConvergenceTest().changes().keySet());
    }

    private void leave(String conversation, String user) {
        house.conversations().leave(new ConversationId(conversation), new UserId(user));
    }

    private void join(String conversation, String user) {
        house.conversations().join(new ConversationId(conversation), new UserId(user));
    }

    private void rename(String conversation, String title) {
        house.put(conversation, Kind.GROUP, title, History.FROM_JOIN, "alice", "bob", "carol");
    }

    /// Every kind of entry, told live to two devices and in a page to a third.
    @ParameterizedTest
    @MethodSource("kinds")
    void snapshot_and_entries_make_a_fresh_snapshot(String kind) {
        house.group("g", "alice", "bob", "carol");
        house.put("full", Kind.GROUP, "Full", History.ALL, "alice", "carol");
        TestDevice alice = connected("alice", "iphone");
        MessageReceived first = alice.sent("g", "first");
        alice.sent("g", "second");
        alice.sent("full", "early");
        TestDevice bob = connected("bob", "android");
        TestDevice laptop = connected("bob", "laptop");
        bob.sent("g", "third");
        settle(laptop);
        TestDevice offline = connected("bob", "tablet");
        offline.disconnect();
        Scene scene = new Scene(alice, bob, laptop, device("carol", "phone"), first);

        Objects.requireNonNull(changes().get(kind)).in(scene);
        alice.sent(C1, "the end");
        offline.connect();
        for (TestDevice device : List.of(bob, laptop, offline)) {
            device.await("the end", () -> device.texts(C1).contains("the end"));
        }

        for (TestDevice device : List.of(bob, laptop, offline, alice)) {
            assertSameAsFresh(device);
        }
    }

    /// `-Dbocau.seeds=1000` for a long run.
    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("bocau.seeds", 20));
    }

    /// Whatever people do, in whatever order: seeded, so that a failure can be had again.
    @ParameterizedTest
    @MethodSource("seeds")
    void whatever_happens_all_devices_see_the_same_in_the_end(long seed) {
        Random random = new Random(seed);
        List<String> users = List.of("alice", "bob", "carol", "dave");
        List<String> groups = List.of("g1", "g2", "g3");
        groups.forEach(id -> house.group(id, "alice", "bob", "carol"));
        List<TestDevice> devices = new ArrayList<>();
        for (String user : users) {
            devices.add(connected(user, "phone"));
            devices.add(connected(user, "laptop"));
        }
        for (int step = 0; step < STEPS; step++) {
            TestDevice device = devices.get(random.nextInt(devices.size()));
            String group = groups.get(random.nextInt(groups.size()));
            String user = users.get(random.nextInt(users.size()));
            step(random, device, group, user, step);
            if (random.nextInt(5) == 0) {
                passWindows();
            }
        }
        for (TestDevice device : devices) {
            if (!device.connected()) {
                device.connect();
            }
            device.acknowledging(true);
            device.position().ifPresent(device::acknowledge);
            settle(device);
        }
        for (TestDevice device : devices) {
            assertSameAsFresh(device);
        }
    }

    private void step(Random random, TestDevice device, String group, String user, int step) {
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> device.send(group, "message " + step, random.nextInt(step + 1));
            case 3, 4 -> any(random, device, group).ifPresent(seq -> device.read(group, seq));
            case 5 ->
                    own(random, device, group)
                            .ifPresent(id -> device.edit(group, id, "edited " + step));
            case 6 -> own(random, device, group).ifPresent(id -> device.recall(group, id));
            case 7 -> device.disconnect();
            case 8 -> {
                if (!device.connected()) {
                    device.connect();
                }
            }
            case 9 -> join(group, user);
            case 10 -> leave(group, user);
            default -> device.acknowledging(random.nextBoolean());
        }
    }

    private static Optional<Long> any(Random random, TestDevice device, String group) {
        DeviceModel.View view = device.views().get(group);
        return view == null
                ? Optional.empty()
                : pick(random, List.copyOf(view.messages().keySet()));
    }

    private static Optional<String> own(Random random, TestDevice device, String group) {
        DeviceModel.View view = device.views().get(group);
        if (view == null) {
            return Optional.empty();
        }
        return pick(
                random,
                view.messages().values().stream()
                        .filter(seen -> seen.sender().equals(device.user()))
                        .map(DeviceModel.Seen::id)
                        .toList());
    }

    private static <T> Optional<T> pick(Random random, List<T> list) {
        return list.isEmpty()
                ? Optional.empty()
                : Optional.of(list.get(random.nextInt(list.size())));
    }

    @Test
    void hand_over_and_reading_the_log_give_the_same() {
        TestDevice sender = connected("alice", "iphone");
        TestDevice live = connected("bob", "live");
        TestDevice paged = connected("bob", "paged");
        for (int i = 0; i < 30; i++) {
            if (i % 3 == 0) {
                paged.disconnect();
            }
            sender.sent(C1, "m" + i);
            if (i % 3 == 2) {
                paged.connect();
            }
        }
        live.await("all", () -> live.texts(C1).size() == 30);
        paged.await("all", () -> paged.texts(C1).size() == 30);

        assertThat(live.texts(C1)).isEqualTo(paged.texts(C1));
    }
}
