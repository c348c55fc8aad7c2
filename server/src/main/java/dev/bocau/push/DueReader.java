package dev.bocau.push;

import dev.bocau.limits.Limits;
import dev.bocau.model.Conversation;
import dev.bocau.model.ConversationId;
import dev.bocau.model.DeviceId;
import dev.bocau.model.Entry;
import dev.bocau.model.Message;
import dev.bocau.model.Position.Cursor;
import dev.bocau.model.Track;
import dev.bocau.model.UserId;
import dev.bocau.push.Due.Item;
import dev.bocau.store.LogRead;
import dev.bocau.store.PushMark;
import dev.bocau.store.PushTarget;
import dev.bocau.store.Pushed;
import dev.bocau.store.Store;
import dev.bocau.store.Unread;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Reads from a user's log what is due for one of its devices.
final class DueReader {
    private static final int ENTRIES_AT_A_TIME = 500;
    private static final int BYTES_AT_A_TIME = 1 << 20;

    /// Where the log no longer reaches back, so many conversations are looked at.
    private static final int NEWEST = 20;

    private static final Set<Track> CHANGES = Set.of(Track.CHANGES);

    private final Store store;
    private final Limits limits;
    private final boolean content;

    /// @param content whether a push has the content of a message
    DueReader(Store store, Limits limits, boolean content) {
        this.store = store;
        this.limits = limits;
        this.content = content;
    }

    /// What is due now.
    ///
    /// @param background what the device had acknowledged when it went into the background: what
    ///   lies past that is due at once, and even if it was acknowledged
    Due read(UserId user, PushTarget target, Optional<Cursor> background, long nowMs) {
        long ripeMs = background.isPresent() ? Long.MAX_VALUE : nowMs - limits.pushAfterMs();
        long oldestMs = nowMs - Duration.ofHours(limits.pushHours()).toMillis();
        PushMark mark = target.mark();
        Found found = new Found(user, target, ripeMs, oldestMs);
        Cursor from = further(mark.through(), background.or(() -> acknowledged(target)));
        Cursor through = found.readLog(from);
        if (found.lost) {
            through = found.readConversations(from);
        }
        Map<ConversationId, Unread> unread = new HashMap<>();
        if (found.isAnything()) {
            store.unread(user).forEach(each -> unread.put(each.conversation(), each));
        }
        long doneUpToMs =
                background.isPresent() ? mark.doneUpToMs() : Math.max(mark.doneUpToMs(), ripeMs);
        return new Due(
                found.items(unread, nowMs),
                found.dealtWith,
                through,
                doneUpToMs,
                found.unripeAtMs == 0
                        ? OptionalLong.empty()
                        : OptionalLong.of(found.unripeAtMs + limits.pushAfterMs()));
    }

    /// Past what a device needs no push.
    static Cursor further(Cursor mark, Optional<Cursor> acknowledged) {
        return acknowledged.filter(at -> at.changes() > mark.changes()).orElse(mark);
    }

    static Optional<Cursor> acknowledged(PushTarget target) {
        return target.acknowledged().filter(Cursor.class::isInstance).map(Cursor.class::cast);
    }

    /// New messages of others in a conversation.
    private record New(long fromSeq, long toSeq, UserId sender, Optional<String> content) {
        New and(New later) {
            return new New(fromSeq, later.toSeq, later.sender, later.content);
        }
    }

    /// What one look at the log has found.
    private final class Found {
        private final UserId user;
        private final DeviceId device;
        private final PushMark mark;
        private final long ripeMs;
        private final long oldestMs;
        private final Map<ConversationId, New> arrived = new LinkedHashMap<>();
        private final Set<ConversationId> readElsewhere = new HashSet<>();
        private final Set<ConversationId> dealtWith = new HashSet<>();
        private long unripeAtMs;
        private boolean lost;

        Found(UserId user, PushTarget target, long ripeMs, long oldestMs) {
            this.user = user;
            this.device = target.device().id();
            this.mark = target.mark();
            this.ripeMs = ripeMs;
            this.oldestMs = oldestMs;
        }

        /// Reads on to the first message that is too young.
        Cursor readLog(Cursor from) {
            Cursor at = from;
            boolean more = true;
            while (more && unripeAtMs == 0) {
                if (!(read(at, ENTRIES_AT_A_TIME) instanceof LogRead.Page page)) {
                    lost = true;
                    return at;
                }
                int ripe = ripe(page.entries());
                if (ripe < page.entries().size()) {
                    // The cursor in front of the young one is only known by reading up to there.
                    if (ripe == 0 || !(read(at, ripe) instanceof LogRead.Page front)) {
                        return at;
                    }
                    page = front;
                }
                page.entries().forEach(this::take);
                at = page.next();
                more = page.more();
            }
            return at;
        }

        private LogRead read(Cursor at, int entries) {
            return store.read(user, at, CHANGES, entries, BYTES_AT_A_TIME);
        }

        /// How many entries there are in front of the first that is too young.
        private int ripe(List<Entry> entries) {
            for (int i = 0; i < entries.size(); i++) {
                if (entries.get(i) instanceof Entry.Added(Message message) && isYoung(message)) {
                    unripeAtMs = message.timestampMs();
                    return i;
                }
            }
            return entries.size();
        }

        private boolean isYoung(Message message) {
            return concerns(message) && message.timestampMs() > ripeMs;
        }

        private boolean concerns(Message message) {
            return !message.sender().equals(user) && message.recalledAtMs() == null;
        }

        private void take(Entry entry) {
            switch (entry) {
                case Entry.Added(Message message) -> take(message);
                // Stands for messages that are nowhere else in this log, and for older ones.
                case Entry.Joined(var state) ->
                        state.recent().stream().filter(this::isOpen).forEach(this::take);
                case Entry.Left(ConversationId id) -> readElsewhere.add(id);
                case Entry.ReadHere read -> {
                    if (read.deviceId().equals(device)) {
                        dealtWith.add(read.conversation());
                    } else {
                        readElsewhere.add(read.conversation());
                    }
                }
                case Entry.Changed changed -> {}
                case Entry.Restated restated -> {}
                case Entry.Received receipt -> {}
            }
        }

        private boolean isOpen(Message message) {
            return message.timestampMs() > mark.doneUpToMs();
        }

        /// The conversation with the newest message comes last.
        private void take(Message message) {
            if (concerns(message) && message.timestampMs() >= oldestMs) {
                New one = new New(message.seq(), message.seq(), message.sender(), shown(message));
                New before = arrived.remove(message.conversation());
                arrived.put(message.conversation(), before == null ? one : before.and(one));
            }
        }

        private Optional<String> shown(Message message) {
            return content && message.kind() == Message.Kind.TEXT
                    ? Optional.of(message.content())
                    : Optional.empty();
        }

        /// Looks at the newest conversations, where the log does not reach back far enough.
        Cursor readConversations(Cursor from) {
            Cursor head = store.head(user);
            for (ConversationId id : store.newest(user, NEWEST)) {
                readElsewhere.add(id);
                store.state(user, id, limits.recentBytes()).stream()
                        .flatMap(state -> state.recent().stream())
                        .filter(this::isOpen)
                        .forEach(message -> {
                            if (isYoung(message)) {
                                unripeAtMs = message.timestampMs();
                            } else {
                                take(message);
                            }
                        });
            }
            return unripeAtMs == 0 ? head : from;
        }

        boolean isAnything() {
            return !arrived.isEmpty()
                    || mark.newest().stream()
                            .anyMatch(push ->
                                    push.shown() && readElsewhere.contains(push.conversation()));
        }

        List<Item> items(Map<ConversationId, Unread> unread, long nowMs) {
            int badge = unread.values().stream().mapToInt(Unread::count).sum();
            List<Item> items = new ArrayList<>();
            for (Pushed push : mark.newest()) {
                ConversationId id = push.conversation();
                Unread left = unread.get(id);
                if (push.shown()
                        && readElsewhere.contains(id)
                        && (left == null || left.readSeq() >= push.toSeq())) {
                    items.add(
                            new Item(
                                    new Notice.TakenBack(id, badge), push.fromSeq(), push.toSeq()));
                }
            }
            List<Item> news = new ArrayList<>();
            arrived.forEach((id, what) ->
                    Optional.ofNullable(unread.get(id))
                            .filter(left ->
                                    left.readSeq() < what.toSeq() && left.mutedUntilMs() <= nowMs)
                            .ifPresent(left -> news.add(item(id, what, left, badge))));
            int tooMany = Math.max(0, news.size() - limits.pushConversations());
            items.addAll(news.subList(tooMany, news.size()));
            return items;
        }

        private Item item(ConversationId id, New what, Unread left, int badge) {
            String title =
                    store.conversation(id)
                            .filter(it -> it.kind() == Conversation.Kind.GROUP)
                            .map(Conversation::title)
                            .orElse("");
            return new Item(
                    new Notice.Arrived(
                            id,
                            title,
                            what.sender,
                            store.userName(what.sender).orElse(""),
                            left.count(),
                            badge,
                            what.content),
                    Math.max(what.fromSeq, left.readSeq() + 1),
                    what.toSeq);
        }
    }
}
