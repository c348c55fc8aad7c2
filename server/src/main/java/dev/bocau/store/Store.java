package dev.bocau.store;

import dev.bocau.model.Conversation;
import dev.bocau.model.ConversationId;
import dev.bocau.model.ConversationState;
import dev.bocau.model.Device;
import dev.bocau.model.DeviceId;
import dev.bocau.model.LocalId;
import dev.bocau.model.Mark;
import dev.bocau.model.Member;
import dev.bocau.model.Message;
import dev.bocau.model.MessageId;
import dev.bocau.model.Position.Cursor;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// Keeps everything and decides everything. `StoreContract` in the tests holds every implementation
/// to this comment.
///
/// **Writes** are steps. A step is atomic: it decides (membership, seq, what supersedes what) and
/// changes against one state. It is durable and only then visible: to its own caller, to other
/// readers, to anybody. It is idempotent: the same step again, whether the first one was answered
/// or not, changes nothing more. It never leaves a trace when it is {@link Outcome.Denied}. When
/// the store can keep nothing at the moment, it denies with a retryable code, in bounded time, and
/// what was denied did not and will not happen, unless the reason says that the outcome is unknown.
///
/// **Reads** of one call come from one state. They see every step whose outcome was told before the
/// call.
///
/// Implementations are safe for use by many threads.
public interface Store extends AutoCloseable {

    /// Into so many slices users are spread by {@link #pushSlice}, to be looked through by turns.
    int PUSH_SLICES = 64;

    static int pushSlice(UserId user) {
        return Math.floorMod(user.value().hashCode(), PUSH_SLICES);
    }

    // ------------------------------------------------------------------------------------------------------- messages

    /// Adds a message to a conversation and to the log of each member, the sender's too, and reads
    /// for the sender up to the draft's `readSeq`. Known by (conversation, sender, device,
    /// `localId`): the same draft again is answered with the first one's values, once they are
    /// durable and even if the sender has left since; another content under a known `localId` is a
    /// `LOCAL_ID_CONFLICT`.
    ///
    /// Drafts that one thread hands over one after the other for one conversation are decided in
    /// that order, and after a retryable denial those behind it are denied too until it was told.
    /// The future is completed in order of commit, by a thread of the store that must not be held
    /// up.
    CompletableFuture<Outcome<Sent>> send(Draft draft);

    /// Edits or recalls the sender's own message. Known by `localId` in the same space as drafts,
    /// at least among the last 1,024 messages; an edit of a recalled message is denied. Whether the
    /// sender is a member is decided with it, for older messages at least right before it.
    Outcome<Sent> change(Change change);

    /// The message that was sent under a `localId`, in its latest state; empty if none was, or if
    /// it is no longer known by it. What was begun and not answered is settled first: if this is
    /// empty, a send that was given up before does not happen.
    Optional<Message> sent(
            ConversationId conversation, UserId sender, DeviceId device, LocalId localId);

    /// The newest messages from `sinceSeq` on and below `beforeSeq`, oldest first, at most `limit`.
    List<Message> history(ConversationId conversation, long sinceSeq, long beforeSeq, int limit);

    /// A message in its latest state; empty if the conversation has none of this id.
    default Optional<Message> message(ConversationId conversation, MessageId message) {
        return seqOf(conversation, message)
                .flatMap(seq -> history(conversation, seq, seq + 1, 1).stream().findFirst());
    }

    /// The place of a message; empty if the conversation has none of this id.
    Optional<Long> seqOf(ConversationId conversation, MessageId message);

    /// How far each member and each of its devices has come with one message.
    Optional<MessageStatus> status(ConversationId conversation, long seq);

    // ------------------------------------------------------------------------------------------------------- receipts

    /// Moves a device's stored cursor (where given, and the session is the device's newest and not
    /// signed out) and the delivered marks of the device and its user; the senders of the messages
    /// that are newly covered for the user get an entry in their `DELIVERED` track. A mark never
    /// moves back nor past the head; marks in conversations that the user has left are passed over.
    /// The value is what moved for the user. Nobody is in a hurry: it may wait some 50 ms for other
    /// steps to share its write with.
    CompletableFuture<Outcome<List<Mark>>> acknowledge(Acknowledgement acknowledgement);

    /// Moves the read marks of a device and its user (read implies delivered); the user's own log
    /// gets an entry, and so do the senders of what is newly covered, in their `READ` track. A mark
    /// past the head is denied with `NOT_SENT`. The value is the user's mark.
    Outcome<Long> read(Reading reading);

    // -------------------------------------------------------------------------------------------------- conversations

    /// Creates a conversation, or makes an existing one's title, history and members what is said
    /// here. A direct conversation has two members, for good; a second one for the same pair is a
    /// `CONFLICT` that names the first, as is another kind under a known id.
    Outcome<Conversation> putConversation(Conversation conversation, Set<UserId> members);

    /// Adds a member to a group. It sees what the conversation's `history` allows; its marks stand
    /// at the head.
    Outcome<Member> putMember(ConversationId conversation, UserId user);

    /// Takes a member out of a group. Nothing that is decided afterwards reaches it. The value
    /// tells whether it was one.
    Outcome<Boolean> removeMember(ConversationId conversation, UserId user);

    /// Says until when a member does not want to be notified of a conversation; 0: it wants to. The
    /// member's own log gets an entry. Holds when it leaves and joins again, too. The value is what
    /// holds now.
    Outcome<Long> mute(UserId user, ConversationId conversation, long untilMs);

    Optional<Conversation> conversation(ConversationId conversation);

    Optional<Member> member(ConversationId conversation, UserId user);

    /// Whether two users are members of one conversation.
    boolean acquainted(UserId one, UserId other);

    // ------------------------------------------------------------------------------------------------------- the log

    /// The end of a user's log. Valid also for somebody who has none yet.
    Cursor head(UserId user);

    /// Whether {@link #read} has an answer for this cursor: the log reaches back to it, and has
    /// come so far.
    boolean reaches(UserId user, Cursor cursor);

    /// What lies past `from` in these tracks: changes first, in order within each track, each thing
    /// in its latest state, at most `maxEntries` and about `maxBytes` but at least one. Entries of
    /// conversations that the user has left, or below its `sinceSeq`, are passed over. {@link
    /// LogRead.Lost} if `from` was not given out by this store's history or lies below the floor of
    /// one of the tracks.
    LogRead read(UserId user, Cursor from, Set<Track> tracks, int maxEntries, int maxBytes);

    /// How many entries lie past `from`, all tracks.
    int countPast(UserId user, Cursor from);

    /// The newest message per conversation that a device gets past by moving from `from` to `to`.
    /// Without `from`, or if it is no longer known: all that a device has which stands at `to`.
    List<Mark> passed(UserId user, Optional<Cursor> from, Cursor to);

    /// The user's conversations with the newest changes, newest first.
    List<ConversationId> newest(UserId user, int limit);

    /// The user's conversations by id.
    List<ConversationId> conversations(UserId user, Optional<ConversationId> after, int limit);

    /// A conversation as one of its members sees it, with up to 50 recent messages as far as they
    /// fit into `recentBytes`; empty if the user is no member.
    Optional<ConversationState> state(UserId user, ConversationId conversation, int recentBytes);

    // ------------------------------------------------------------------------------------------------ users and devices

    Outcome<String> putUser(UserId user, String name);

    /// The name of a user, if one was given.
    Optional<String> userName(UserId user);

    /// Begins a session of a device: registers it or refreshes what is known of it, and numbers the
    /// session. Denied with `SIGNED_OUT` if the device was signed out after `tokenIssuedAtMs`,
    /// whether or not it was let in since, with `TOO_MANY_DEVICES` at the limit.
    ///
    /// A push token belongs to the device that has said it last, of whichever user; the one before
    /// has none then. Who says none keeps what it has; an empty one takes it away. For a token that
    /// is new to the device, pushing begins at the head of the log.
    Outcome<Connected> connect(UserId user, Device device, long tokenIssuedAtMs);

    List<RegisteredDevice> devices(UserId user);

    /// How a device stands, known or not.
    Standing standing(UserId user, DeviceId device);

    /// Removes a device; tokens issued before now no longer let it in. The value tells whether it
    /// was registered.
    Outcome<Boolean> signOut(UserId user, DeviceId device);

    // ------------------------------------------------------------------------------------------------------------- push

    /// The devices of a user that can be pushed to, and those that were called invalid.
    List<PushTarget> pushTargets(UserId user);

    /// One of them.
    Optional<PushTarget> pushTarget(UserId user, DeviceId device);

    /// The users with such devices by id, of one of {@link #PUSH_SLICES} slices.
    List<UserId> pushUsers(int slice, Optional<UserId> after, int limit);

    /// Writes how far pushing to a device has come, if it still has this token. The value tells
    /// whether it has.
    Outcome<Boolean> pushed(UserId user, DeviceId device, String pushToken, PushMark mark);

    /// Takes a token from a device, if it still has that one, and writes what it has come to.
    Outcome<Boolean> dropPushToken(UserId user, DeviceId device, String pushToken, PushMark mark);

    /// The user's conversations with messages that it has not read.
    List<Unread> unread(UserId user);

    // ----------------------------------------------------------------------------------------------------------- itself

    /// Empty: all is well. Otherwise why nothing can be kept at the moment, in words for an
    /// operator.
    Optional<String> fault();

    /// Finishes the steps that were accepted and releases everything.
    @Override
    void close();
}
