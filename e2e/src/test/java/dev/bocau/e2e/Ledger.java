package dev.bocau.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bocau.frame.WireFormat;
import dev.bocau.protocol.ServerFrame;
import dev.bocau.protocol.ServerFrame.BodyCase;
import dev.bocau.testing.DeviceModel;
import dev.bocau.testing.SocketLink;
import dev.bocau.testing.TestDevice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Holds what was promised to people against what the server has and what their devices show, once
/// they rest.
final class Ledger {
    private static final int PAGE = 100;
    private static final Pattern MESSAGE =
            Pattern.compile(
                    "\"id\":\"([^\"]+)\"[^{}]*?\"seq\":(\\d+)[^{}]*?\"content\":\"([^\"]*)\"");

    private final ServerProcess server;
    private final People people;

    /// A message as the server has it.
    private record Kept(String id, String content) {}

    Ledger(ServerProcess server, People people) {
        this.server = server;
        this.people = people;
    }

    void check() {
        Set<String> conversations = new HashSet<>();
        people.all().forEach(person -> conversations.addAll(person.device.views().keySet()));
        for (String conversation : conversations) {
            SortedMap<Long, Kept> history = history(conversation);
            checkPromises(conversation, history);
            for (Person person : people.all()) {
                checkShown(person, conversation, history);
            }
        }
        for (Person person : people.all()) {
            person.device.await("its last ✓✓", () -> allDelivered(person));
            checkConverged(person);
            checkReads(person);
            assertThat(person.device.confirmed()).hasSize(person.written());
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

    private static boolean allDelivered(Person person) {
        return person.device.views().values().stream()
                .flatMap(view -> view.messages().values().stream())
                .noneMatch(seen -> seen.ticks().containsValue("sent"));
    }

    /// Every message of a conversation, from the server that is asked.
    private SortedMap<Long, Kept> history(String conversation) {
        SortedMap<Long, Kept> history = new TreeMap<>();
        String before = "";
        while (true) {
            String page =
                    server.admin(
                            "GET",
                            "/v1/conversations/%s/messages?limit=%d%s"
                                    .formatted(conversation, PAGE, before),
                            "");
            Matcher matcher = MESSAGE.matcher(page);
            int found = 0;
            while (matcher.find()) {
                found++;
                history.put(
                        Long.parseLong(matcher.group(2)),
                        new Kept(matcher.group(1), matcher.group(3)));
            }
            if (found < PAGE) {
                return history;
            }
            before = "&before=" + history.firstKey();
        }
    }

    private void checkPromises(String conversation, SortedMap<Long, Kept> history) {
        assertThat(history.firstKey()).isEqualTo(1);
        assertThat(history.lastKey()).as("no holes").isEqualTo(history.size());
        List<String> contents = new ArrayList<>();
        history.values().forEach(kept -> contents.add(kept.content));
        assertThat(contents).as("what was written once").doesNotHaveDuplicates();
        for (Person person : people.all()) {
            person.device
                    .confirmed()
                    .values()
                    .forEach(received -> {
                        if (received.getConversationId().equals(conversation)) {
                            Kept kept = history.get(received.getSeq());
                            assertThat(kept == null ? "nothing" : kept.id)
                                    .as("what is at the place of a ✓")
                                    .isEqualTo(received.getServerId());
                        }
                    });
        }
    }

    /// A device shows the newest messages without a hole; older ones it may ask for.
    private static void checkShown(
            Person person, String conversation, SortedMap<Long, Kept> history) {
        if (!person.device.views().containsKey(conversation)) {
            return;
        }
        person.device.await(
                "the newest message of " + conversation,
                () -> shown(person, conversation).containsKey(history.lastKey()));
        Map<Long, DeviceModel.Seen> shown = shown(person, conversation);
        long first = shown.keySet().iterator().next();
        assertThat(shown.keySet()).containsExactlyElementsOf(history.tailMap(first).keySet());
        shown.forEach((seq, seen) -> {
            Kept kept = Objects.requireNonNull(history.get(seq));
            assertThat(seen.id()).isEqualTo(kept.id);
        });
    }

    private static Map<Long, DeviceModel.Seen> shown(Person person, String conversation) {
        DeviceModel.View view = person.device.views().get(conversation);
        return view == null ? Map.of() : view.messages();
    }

    /// What a device holds after all this is what one gets that has seen nothing of it.
    private void checkConverged(Person person) {
        TestDevice fresh =
                new TestDevice(
                        SocketLink.to(server.websocket(), WireFormat.JSON),
                        person.device.user(),
                        "fresh-" + person.device.id(),
                        () -> server.token(person.device.user()));
        fresh.connect();
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
}
