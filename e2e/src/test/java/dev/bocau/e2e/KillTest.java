package dev.bocau.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bocau.frame.WireFormat;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.protocol.ServerFrame.BodyCase;
import dev.bocau.testing.DeviceModel;
import dev.bocau.testing.SocketLink;
import dev.bocau.testing.TestDevice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A real server on a real disk, killed again and again while people use it. In half of the cases
/// its log is also cut back to what had been synced: kill -9 alone leaves the page cache alive and
/// says nothing about fdatasync.
class KillTest {
    private static final int CYCLES = Integer.getInteger("bocau.kills", 20);
    private static final long SEED = Long.getLong("bocau.seed", 20_261_122L);

    @TempDir Path folder;

    @Test
    @Timeout(1_800)
    void no_confirmed_message_and_no_receipt_is_lost_doubled_or_misplaced() {
        Random random = new Random(SEED);
        long cut = 0;
        Map<String, String> settings =
                Map.of(
                        "BOCAU_LIMITS_READ_WINDOW_MS",
                        "50",
                        "BOCAU_LIMITS_DELIVERED_WINDOW_MS",
                        "100");
        try (ServerProcess server = new ServerProcess(folder).start(settings)) {
            server.admin(
                    "PUT",
                    "/v1/conversations/ab",
                    "{\"kind\":\"direct\",\"members\":[\"alice\",\"bob\"]}");
            server.admin(
                    "PUT",
                    "/v1/conversations/abc",
                    "{\"kind\":\"group\",\"members\":[\"alice\",\"bob\",\"carol\"]}");
            List<Person> people = people(server);
            for (int cycle = 0; cycle < CYCLES; cycle++) {
                int before = confirmed(people);
                int more = 1 + random.nextInt(60);
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> confirmed(people) >= before + more);
                server.kill();
                if (cycle % 2 == 1) {
                    cut += server.cutToSynced();
                }
                server.start(settings);
            }
            people.forEach(Person::rest);
            for (Person person : people) {
                person.device.await(
                        "its last ✓",
                        () -> person.device.connected() && person.device.waiting() == 0);
            }
            System.err.printf(
                    "%d kills, %d messages confirmed, %d bytes cut%n",
                    CYCLES, confirmed(people), cut);
            check(server, people);
            people.forEach(Person::close);
            assertThat(server.stop()).isIn(0, 143);
        }
    }

    private static List<Person> people(ServerProcess server) {
        List<String> both = List.of("ab", "abc");
        return List.of(
                person(server, WireFormat.JSON, "alice", "iphone", both, 1),
                person(server, WireFormat.PROTO, "alice", "macbook", both, 2),
                person(server, WireFormat.PROTO, "bob", "android", both, 3),
                person(server, WireFormat.JSON, "bob", "pc", both, 4),
                person(server, WireFormat.JSON, "carol", "phone", List.of("abc"), 5));
    }

    private static Person person(
            ServerProcess server,
            WireFormat format,
            String user,
            String id,
            List<String> conversations,
            long seed) {
        return new Person(
                SocketLink.to(server.websocket(), format),
                server.token(user),
                user,
                id,
                conversations,
                seed);
    }

    private static int confirmed(List<Person> people) {
        return people.stream().mapToInt(person -> person.device.confirmed().size()).sum();
    }

    private static void check(ServerProcess server, List<Person> people) {
        Map<String, Map<Long, String>> places = places(people);
        for (Person person : people) {
            person.device.await(
                    "every confirmed message",
                    () -> places.keySet().stream().allMatch(id -> holdsAll(person, id, places)));
            assertThat(doubled(person)).isEmpty();
            assertThat(person.device.confirmed()).hasSize(person.written());
        }
        for (Person person : people) {
            person.device.await("its last ✓✓", () -> allDelivered(person));
            checkConverged(server, person);
            checkReads(person);
        }
    }

    /// Which message each ✓ has promised which place.
    private static Map<String, Map<Long, String>> places(List<Person> people) {
        Map<String, Map<Long, String>> places = new HashMap<>();
        for (Person person : people) {
            person.device
                    .confirmed()
                    .values()
                    .forEach(received -> {
                        String other =
                                places.computeIfAbsent(
                                                received.getConversationId(), id -> new HashMap<>())
                                        .put(received.getSeq(), received.getServerId());
                        assertThat(other).as("one place, one message").isNull();
                    });
        }
        return places;
    }

    private static boolean holdsAll(
            Person person, String conversation, Map<String, Map<Long, String>> places) {
        DeviceModel.View view = person.device.views().get(conversation);
        if (view == null) {
            return person.device.user().equals("carol") && conversation.equals("ab");
        }
        return places.getOrDefault(conversation, Map.of()).entrySet().stream()
                .allMatch(place -> {
                    DeviceModel.Seen seen = view.messages().get(place.getKey());
                    return seen != null && seen.id().equals(place.getValue());
                });
    }

    private static List<String> doubled(Person person) {
        List<String> doubled = new ArrayList<>();
        person.device
                .views()
                .forEach((id, view) -> {
                    Map<String, Long> texts = new HashMap<>();
                    view.messages()
                            .forEach((seq, seen) -> {
                                if (texts.put(seen.content(), seq) != null) {
                                    doubled.add(id + ": " + seen.content());
                                }
                            });
                });
        return doubled;
    }

    private static boolean allDelivered(Person person) {
        return person.device.views().values().stream()
                .flatMap(view -> view.messages().values().stream())
                .noneMatch(seen -> seen.ticks().containsValue("sent"));
    }

    /// What a device holds after all this is what one gets that has seen nothing of it.
    private static void checkConverged(ServerProcess server, Person person) {
        TestDevice fresh =
                new TestDevice(
                        SocketLink.to(server.websocket(), WireFormat.JSON),
                        person.device.user(),
                        "fresh-" + person.device.id(),
                        () -> server.token(person.device.user()));
        fresh.connect(Optional.empty());
        fresh.await(
                "its snapshot", () -> !fresh.frames(BodyCase.SYNC_CONVERSATION_STATES).isEmpty());
        try {
            person.device.await(
                    "what a fresh device knows",
                    () -> person.device.differenceFrom(fresh).isEmpty());
        } catch (AssertionError inVain) {
            throw new AssertionError(
                    person.device.differenceFrom(fresh).orElse("too late"), inVain);
        } finally {
            fresh.close();
        }
    }

    /// A read that was confirmed to the device that read is not taken back.
    private static void checkReads(Person person) {
        for (ServerFrame frame : person.device.frames(BodyCase.MESSAGES_READ_SYNC)) {
            long seq = frame.getMessagesReadSync().getSeq();
            String conversation = frame.getMessagesReadSync().getConversationId();
            assertThat(person.device.view(conversation).readSeq()).isGreaterThanOrEqualTo(seq);
        }
    }
}
