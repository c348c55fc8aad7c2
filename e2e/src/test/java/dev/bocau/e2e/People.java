package dev.bocau.e2e;

import dev.bocau.frame.WireFormat;
import dev.bocau.protocol.ServerFrame.BodyCase;
import dev.bocau.testing.Link;
import java.util.List;

/// Alice, Bob and Carol at five devices: two write to each other, three in a group.
final class People implements AutoCloseable {
    private final List<Person> all;

    /// How a device with this encoding finds a server.
    interface Ways {
        Link.Opener way(WireFormat format, long seed);
    }

    /// Begins to write and read.
    ///
    /// @param server where they are made known
    People(ServerProcess server, Ways ways) {
        server.admin(
                "PUT",
                "/v1/conversations/ab",
                "{\"kind\":\"direct\",\"members\":[\"alice\",\"bob\"]}");
        server.admin(
                "PUT",
                "/v1/conversations/abc",
                "{\"kind\":\"group\",\"members\":[\"alice\",\"bob\",\"carol\"]}");
        List<String> both = List.of("ab", "abc");
        record Who(WireFormat format, String user, String device, List<String> conversations) {}
        List<Who> who =
                List.of(
                        new Who(WireFormat.JSON, "alice", "iphone", both),
                        new Who(WireFormat.PROTO, "alice", "macbook", both),
                        new Who(WireFormat.PROTO, "bob", "android", both),
                        new Who(WireFormat.JSON, "bob", "pc", both),
                        new Who(WireFormat.JSON, "carol", "phone", List.of("abc")));
        all =
                who.stream()
                        .map(each -> {
                            long seed = who.indexOf(each) + 1L;
                            return new Person(
                                    ways.way(each.format, seed),
                                    server.token(each.user),
                                    each.user,
                                    each.device,
                                    each.conversations,
                                    seed);
                        })
                        .toList();
    }

    List<Person> all() {
        return all;
    }

    /// How many messages have got their ✓.
    int confirmed() {
        return all.stream().mapToInt(person -> person.device.confirmed().size()).sum();
    }

    /// How many messages of each person have got their ✓.
    record Confirmed(List<Integer> counts) {
        boolean allAbove(Confirmed before) {
            for (int i = 0; i < counts.size(); i++) {
                if (counts.get(i) <= before.counts.get(i)) {
                    return false;
                }
            }
            return true;
        }
    }

    Confirmed confirmedByEach() {
        return new Confirmed(all.stream().map(person -> person.device.confirmed().size()).toList());
    }

    /// How many messages came to devices that they were not sent from, as they happened.
    int delivered() {
        return all.stream()
                .mapToInt(person -> person.device.frames(BodyCase.NEW_MESSAGE).size())
                .sum();
    }

    /// Write and read again.
    void goOn() {
        all.forEach(Person::goOn);
    }

    /// Write and read no more, and wait for what is under way.
    void rest() {
        all.forEach(Person::rest);
        for (Person person : all) {
            person.device.await(
                    "its last ✓", () -> person.device.connected() && person.device.waiting() == 0);
        }
    }

    /// A line for each.
    @Override
    public String toString() {
        return String.join("\n", all.stream().map(Person::toString).toList());
    }

    @Override
    public void close() {
        all.forEach(Person::close);
    }
}
