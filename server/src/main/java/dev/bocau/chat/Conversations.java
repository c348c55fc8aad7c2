package dev.bocau.chat;

import dev.bocau.limits.Limits;
import dev.bocau.log.UserLog;
import dev.bocau.media.Uses;
import dev.bocau.model.Code;
import dev.bocau.model.Conversation;
import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Mark;
import dev.bocau.model.Media;
import dev.bocau.model.MediaId;
import dev.bocau.model.Member;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.Refusal;
import dev.bocau.model.Refused;
import dev.bocau.model.UserId;
import dev.bocau.store.Acknowledgement;
import dev.bocau.store.Change;
import dev.bocau.store.Draft;
import dev.bocau.store.MessageStatus;
import dev.bocau.store.MessageStatus.DeviceStatus;
import dev.bocau.store.MessageStatus.MemberStatus;
import dev.bocau.store.Outcome;
import dev.bocau.store.Outcome.Denied;
import dev.bocau.store.Outcome.Kept;
import dev.bocau.store.PushTarget;
import dev.bocau.store.Pushed;
import dev.bocau.store.Reading;
import dev.bocau.store.RegisteredDevice;
import dev.bocau.store.Sent;
import dev.bocau.store.Store;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What can be done in conversations. Everything throws {@link Refused} where it may not be or
/// makes no sense; nothing is left half done.
public final class Conversations {
    private static final Logger LOG = LoggerFactory.getLogger(Conversations.class);

    private final Store store;
    private final UserLog log;
    private final Uses uses;
    private final Limits limits;

    public Conversations(Store store, UserLog log, Uses uses, Limits limits) {
        this.store = store;
        this.log = log;
        this.uses = uses;
        this.limits = limits;
    }

    // -------------------------------------------------------------------------------------------------------- messages

    /// Sends a message. `answer` is called once, after it is durable and before anybody else hears
    /// of it, on a thread that must not be held up.
    public void send(Draft draft, Consumer<Outcome<Sent>> answer) {
        if (draft.media() == null) {
            checkNotEmpty(draft.content());
        }
        checkContent(draft.content());
        var _ =
                store.send(draft)
                        .exceptionally(bug -> failed())
                        .thenAccept(outcome -> {
                            try {
                                answer.accept(outcome);
                            } finally {
                                log.tell(outcome);
                            }
                        })
                        .exceptionally(bug -> {
                            LOG.error("answering a sender failed", bug);
                            return null;
                        });
    }

    private static Outcome<Sent> failed() {
        return new Denied<>(Refusal.retry(Code.UNAVAILABLE, "the server failed"));
    }

    /// Sends a message and waits until it is durable.
    public Sent send(Draft draft) {
        CompletableFuture<Outcome<Sent>> answer = new CompletableFuture<>();
        send(draft, answer::complete);
        return answer.join().orRefuse().value();
    }

    /// A message to be, with what its sender has uploaded for it. Sending it again does not count
    /// as another message that carries it.
    public Draft carrying(Draft draft, MediaId media) {
        if (draft.kind() == Message.Kind.TEXT) {
            throw new Refused(Code.INVALID_FIELD, "mediaId goes with kind image or file");
        }
        checkContent(draft.content());
        return uses.attach(draft, media);
    }

    /// Edits (what a message carries stays) or recalls.
    public Kept<Sent> change(Change change) {
        if (change.content().isEmpty()) {
            carriedBy(change).ifPresent(uses::recalling);
        } else {
            String content = change.content().get();
            checkContent(content);
            if (content.isEmpty() && carriedBy(change).isEmpty()) {
                checkNotEmpty(content);
            }
        }
        return told(store.change(change));
    }

    private Optional<Media> carriedBy(Change change) {
        return store.message(change.conversation(), change.message())
                .filter(message -> message.sender().equals(change.sender()))
                .map(Message::media);
    }

    private static void checkNotEmpty(String content) {
        if (content.isEmpty()) {
            throw new Refused(Code.INVALID_FIELD, "content is empty");
        }
    }

    private void checkContent(String content) {
        checkWhole("content", content);
        if (content.length() > limits.contentBytes()
                || content.getBytes(StandardCharsets.UTF_8).length > limits.contentBytes()) {
            throw new Refused(
                    Code.CONTENT_TOO_LARGE,
                    "content is longer than %,d bytes of UTF-8".formatted(limits.contentBytes()));
        }
    }

    private static void checkWhole(String field, String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new Refused(Code.INVALID_FIELD, field + " has half a surrogate pair");
        }
    }

    /// A page of older messages, for one of the members or (no viewer) for an administrator.
    public List<Message> history(
            Optional<UserId> viewer, ConversationId conversation, long beforeSeq, int limit) {
        int most = Math.min(limit, limits.historyMessages());
        return store.history(conversation, since(viewer, conversation), beforeSeq, most);
    }

    /// What a message carries, for one of the members or (no viewer) for an administrator.
    public Media media(Optional<UserId> viewer, ConversationId conversation, MessageId message) {
        long since = since(viewer, conversation);
        Message found =
                store.message(conversation, message)
                        .filter(it -> it.seq() >= since)
                        .orElseThrow(() -> noSuchMessage(conversation, message));
        Media media = found.media();
        if (media == null) {
            throw new Refused(Code.NO_SUCH_MEDIA, "the message carries nothing, or was recalled");
        }
        return media;
    }

    /// How far a message has come, for one of the members or (no viewer) for an administrator.
    public MessageStatus status(
            Optional<UserId> viewer, ConversationId conversation, MessageId message) {
        long since = since(viewer, conversation);
        MessageStatus status =
                store.seqOf(conversation, message)
                        .filter(seq -> seq >= since)
                        .flatMap(seq -> store.status(conversation, seq))
                        .orElseThrow(() -> noSuchMessage(conversation, message));
        // Of many members, only the devices that have got something.
        return status.members().size() > limits.receiptMembers()
                ? status
                : status.with(
                        status.members().stream()
                                .map(member ->
                                        member.with(devices(member, conversation, status.seq())))
                                .toList());
    }

    /// Those that have got something, and those that have not, with what was pushed to them.
    private List<DeviceStatus> devices(MemberStatus member, ConversationId id, long seq) {
        Map<DeviceId, DeviceStatus> all = new LinkedHashMap<>();
        member.devices().forEach(device -> all.put(device.device(), device));
        for (RegisteredDevice registered : store.devices(member.user())) {
            DeviceId device = registered.device().id();
            DeviceStatus nothing =
                    new DeviceStatus(device, OptionalLong.empty(), OptionalLong.empty());
            all.putIfAbsent(device, nothing);
        }
        for (PushTarget target : store.pushTargets(member.user())) {
            Optional<Pushed> pushed =
                    target.mark().newest().stream()
                            .filter(push -> push.tellsOf(id, seq))
                            .reduce((earlier, later) -> later);
            all.computeIfPresent(
                    target.device().id(),
                    (device, its) ->
                            new DeviceStatus(device, its.deliveredAtMs(), its.readAtMs(), pushed));
        }
        return List.copyOf(all.values());
    }

    private long since(Optional<UserId> viewer, ConversationId conversation) {
        if (viewer.isPresent()) {
            return member(conversation, viewer.get()).sinceSeq();
        }
        if (store.conversation(conversation).isEmpty()) {
            throw new Refused(Code.NO_SUCH_CONVERSATION, "no conversation " + conversation);
        }
        return 1;
    }

    // -------------------------------------------------------------------------------------------------------- receipts

    /// Which message is meant by a list of ids, or a seq: the newest of them.
    public long newest(
            UserId user, ConversationId conversation, List<MessageId> messages, OptionalLong seq) {
        if (messages.isEmpty()) {
            return seq.orElseThrow(
                    () -> new Refused(Code.INVALID_FIELD, "neither messageIds nor seq"));
        }
        if (messages.size() > limits.pageEntries()) {
            throw new Refused(
                    Code.INVALID_FIELD,
                    "more than %d messageIds; seq says it in one".formatted(limits.pageEntries()));
        }
        member(conversation, user);
        long newest = seq.orElse(0);
        for (MessageId message : messages) {
            long found =
                    store.seqOf(conversation, message)
                            .orElseThrow(() -> noSuchMessage(conversation, message));
            newest = Math.max(newest, found);
        }
        return newest;
    }

    /// Marks everything up to a seq as read on a device.
    public void read(Reading reading) {
        told(store.read(reading));
    }

    /// Marks everything up to a seq as delivered to a device. Does not wait until that is kept.
    public CompletableFuture<Outcome<List<Mark>>> deliver(UserId user, DeviceId device, Mark mark) {
        member(mark.conversation(), user);
        return log.acknowledge(
                new Acknowledgement(user, device, 0, Optional.empty(), List.of(mark)));
    }

    // --------------------------------------------------------------------------------------------------- conversations

    /// Creates a conversation, or makes it what is said here.
    public Conversation put(Conversation conversation, Set<UserId> members) {
        checkTitle(conversation.title());
        return told(store.putConversation(conversation, members)).value();
    }

    private void checkTitle(String title) {
        checkWhole("the title or name", title);
        if (title.length() > limits.titleChars()) {
            throw new Refused(
                    Code.INVALID_FIELD, "longer than %d characters".formatted(limits.titleChars()));
        }
    }

    /// Adds a member to a group.
    public Member join(ConversationId conversation, UserId user) {
        return told(store.putMember(conversation, user)).value();
    }

    /// Takes a member out of a group.
    ///
    /// @return whether it was one
    public boolean leave(ConversationId conversation, UserId user) {
        return told(store.removeMember(conversation, user)).value();
    }

    /// Says until when a member does not want to be notified of a conversation; 0: it wants to.
    public void mute(UserId user, ConversationId conversation, long untilMs) {
        told(store.mute(user, conversation, untilMs));
    }

    /// Gives a user a name to be shown.
    public void name(UserId user, String name) {
        checkTitle(name);
        told(store.putUser(user, name));
    }

    /// The name of a user, for the user itself, somebody who shares a conversation with it, or (no
    /// viewer) an administrator.
    public Optional<String> nameOf(UserId user, Optional<UserId> viewer) {
        boolean may =
                viewer.filter(other -> !other.equals(user) && !store.acquainted(other, user))
                        .isEmpty();
        if (!may) {
            throw new Refused(Code.NOT_ALLOWED, "no conversation is shared with " + user);
        }
        return store.userName(user);
    }

    private Member member(ConversationId conversation, UserId user) {
        return store.member(conversation, user).orElseThrow(() -> notAMember(conversation));
    }

    private static Refused notAMember(ConversationId conversation) {
        return new Refused(Code.NOT_A_MEMBER, "not a member of " + conversation);
    }

    private static Refused noSuchMessage(ConversationId conversation, MessageId message) {
        return new Refused(
                Code.NO_SUCH_MESSAGE, "no message %s in %s".formatted(message, conversation));
    }

    private <T> Kept<T> told(Outcome<T> outcome) {
        log.tell(outcome);
        return outcome.orRefuse();
    }
}
