package dev.bocau.simulation;

import com.google.protobuf.ByteString;
import dev.bocau.model.Conversation;
import dev.bocau.model.Conversation.History;
import dev.bocau.model.Conversation.Kind;
import dev.bocau.model.ConversationId;
import dev.bocau.model.UserId;
import dev.bocau.protocol.Ack;
import dev.bocau.protocol.ClientFrame;
import dev.bocau.protocol.MarkDelivered;
import dev.bocau.protocol.MarkRead;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/// What people do with their phones, an operator with conversations, and liars with the protocol.
final class People {
    private static final long OFF_WITHIN_US = 120_000_000;
    private static final long FAR_PAST_ALL = 1_000_000;

    private final Scheduler scheduler;
    private final SplittableRandom random;
    private final Servers servers;
    private final Verdict verdict;
    private final int users;
    private final List<Phone> phones;
    private final List<Phone> liars;
    private final Map<String, Set<String>> everIn = new LinkedHashMap<>();
    private long contents;

    People(
            Scheduler scheduler,
            SplittableRandom random,
            Servers servers,
            Verdict verdict,
            int users,
            List<Phone> phones,
            List<Phone> liars) {
        this.scheduler = scheduler;
        this.random = random;
        this.servers = servers;
        this.verdict = verdict;
        this.users = users;
        this.phones = phones;
        this.liars = liars;
    }

    /// Of each conversation, who may be its members.
    Map<String, Set<String>> everIn() {
        return everIn;
    }

    void meet() {
        int conversations = 1 + users * 2 / 3 + random.nextInt(users);
        for (int i = 0; i < conversations; i++) {
            Set<String> members = new LinkedHashSet<>();
            int size = 2 + (random.nextInt(8) == 0 ? users : random.nextInt(4));
            for (int j = 0; j < size; j++) {
                members.add(anyUser());
            }
            History history = random.nextBoolean() ? History.ALL : History.FROM_JOIN;
            put("g" + i, Kind.GROUP, history, members);
        }
    }

    private String anyUser() {
        return "u" + random.nextInt(users);
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    // ------------------------------------------------------------------------------------ people

    void somebodyDoesSomething() {
        Phone phone = any(phones);
        int what = random.nextInt(930);
        if (what < 450) {
            conversation(phone).ifPresent(id -> phone.write(id, "message " + ++contents));
        } else if (what < 650) {
            conversation(phone).ifPresent(id -> lookAt(phone, id));
        } else if (what < 710) {
            own(phone).ifPresent(seen -> phone.edit(seen[0], seen[1], "edit " + ++contents));
        } else if (what < 730) {
            own(phone).ifPresent(seen -> phone.recall(seen[0], seen[1]));
        } else if (what < 770) {
            phone.cut();
        } else if (what < 790) {
            phone.fallSilent();
        } else if (what < 810) {
            phone.crash();
        } else if (what < 850) {
            phone.backUp();
        } else if (what < 880) {
            phone.active(random.nextBoolean());
        } else if (what < 900) {
            phone.switchOff();
            scheduler.at(scheduler.nowUs() + random.nextLong(OFF_WITHIN_US), phone::switchOn);
        } else {
            int burst = 1 + random.nextInt(random.nextInt(5) == 0 ? 40 : 5);
            conversation(phone)
                    .ifPresent(id -> {
                        for (int i = 0; i < burst; i++) {
                            phone.write(id, "message " + ++contents);
                        }
                    });
        }
    }

    private Optional<String> conversation(Phone phone) {
        List<String> known = List.copyOf(phone.model().conversations());
        return known.isEmpty() ? Optional.empty() : Optional.of(any(known));
    }

    private void lookAt(Phone phone, String conversation) {
        long newest = phone.model().newest(conversation);
        if (newest > 0) {
            phone.read(conversation, Math.max(1, newest - random.nextInt(3)));
        }
    }

    /// A message that this user has sent: conversation and id.
    private Optional<String[]> own(Phone phone) {
        return conversation(phone)
                .flatMap(id ->
                        Objects.requireNonNull(phone.model().views().get(id))
                                .messages()
                                .values()
                                .stream()
                                .filter(seen -> seen.sender().equals(phone.user))
                                .reduce((one, other) -> random.nextInt(3) == 0 ? one : other)
                                .map(seen -> new String[] {id, seen.id()}));
    }

    // --------------------------------------------------------------------------------- an operator

    void operatorDoesSomething() {
        String id = any(List.copyOf(everIn.keySet()));
        ConversationId conversation = new ConversationId(id);
        String user = anyUser();
        switch (random.nextInt(4)) {
            case 0 ->
                    servers.operate(
                            node -> node.conversations.leave(conversation, new UserId(user)));
            case 1, 2 -> {
                everIn.computeIfAbsent(id, it -> new LinkedHashSet<>()).add(user);
                verdict.joined(user, id);
                servers.operate(node -> node.conversations.join(conversation, new UserId(user)));
            }
            default -> {
                String other = anyUser();
                if (!other.equals(user)) {
                    put(
                            "p-" + user + "-" + other,
                            Kind.DIRECT,
                            History.FROM_JOIN,
                            new LinkedHashSet<>(List.of(user, other)));
                }
            }
        }
    }

    private void put(String id, Kind kind, History history, Set<String> members) {
        Set<UserId> set = new LinkedHashSet<>();
        members.forEach(user -> set.add(new UserId(user)));
        everIn.computeIfAbsent(id, it -> new LinkedHashSet<>()).addAll(members);
        String title = "title " + ++contents;
        servers.operate(node ->
                node.conversations.put(
                        new Conversation(new ConversationId(id), kind, title, history), set));
    }

    // ------------------------------------------------------------------------------------ liars

    /// What no client should say.
    void somebodyLies() {
        if (liars.isEmpty()) {
            return;
        }
        Phone liar = any(liars);
        ByteString elsewhere = any(phones).model().position().orElse(ByteString.EMPTY);
        String conversation = any(List.copyOf(everIn.keySet()));
        switch (random.nextInt(5)) {
            case 0 -> liar.acknowledge(elsewhere);
            case 1 -> liar.acknowledge(ByteString.copyFromUtf8("nonsense"));
            case 2 ->
                    liar.say(
                            ClientFrame.newBuilder()
                                    .setMarkDelivered(
                                            MarkDelivered.newBuilder()
                                                    .setConversationId(conversation)
                                                    .setSeq(FAR_PAST_ALL)));
            case 3 ->
                    liar.say(
                            ClientFrame.newBuilder()
                                    .setMarkRead(
                                            MarkRead.newBuilder()
                                                    .setConversationId(conversation)
                                                    .setSeq(FAR_PAST_ALL)));
            default -> liar.say(ClientFrame.newBuilder().setAck(Ack.getDefaultInstance()));
        }
    }
}
