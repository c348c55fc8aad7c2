package dev.bocau.client;

import dev.bocau.protocol.Conversation;
import dev.bocau.protocol.Message;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A {@link Store} that lasts as long as the process: for tests and for apps that hold little, as
/// each transaction copies the rows to be able to take its writes back.
public final class MemoryStore implements Store {
    private Rows rows = new Rows();

    @Override
    public synchronized <T extends @Nullable Object> T transaction(Function<Transaction, T> work) {
        Rows before = rows.copy();
        boolean done = false;
        try {
            T result = work.apply(rows);
            done = true;
            return result;
        } finally {
            if (!done) {
                rows = before;
            }
        }
    }

    private static final class Rows implements Transaction {
        private byte @Nullable [] position;
        private Map<String, Conversation> conversations = new LinkedHashMap<>();
        private Map<String, NavigableMap<Long, Message>> messages = new LinkedHashMap<>();
        private Map<String, OutboxItem> outbox = new LinkedHashMap<>();
        private List<PendingRead> reads = new ArrayList<>();

        Rows copy() {
            Rows copy = new Rows();
            copy.position = position;
            copy.conversations = new LinkedHashMap<>(conversations);
            messages.forEach((id, held) -> copy.messages.put(id, new TreeMap<>(held)));
            copy.outbox = new LinkedHashMap<>(outbox);
            copy.reads = new ArrayList<>(reads);
            return copy;
        }

        private NavigableMap<Long, Message> of(String conversationId) {
            return messages.computeIfAbsent(conversationId, id -> new TreeMap<>());
        }

        @Override
        public byte @Nullable [] position() {
            return position;
        }

        @Override
        public void setPosition(byte[] newPosition) {
            position = newPosition;
        }

        @Override
        public @Nullable Conversation conversation(String id) {
            return conversations.get(id);
        }

        @Override
        public List<Conversation> conversations() {
            return List.copyOf(conversations.values());
        }

        @Override
        public void putConversation(Conversation conversation) {
            conversations.put(conversation.getId(), conversation);
        }

        @Override
        public void removeConversation(String id) {
            conversations.remove(id);
            messages.remove(id);
            outbox.values().removeIf(item -> item.conversationId().equals(id));
            reads.removeIf(read -> read.conversationId().equals(id));
        }

        @Override
        public @Nullable Message message(String conversationId, long seq) {
            return of(conversationId).get(seq);
        }

        @Override
        public List<Message> messages(String conversationId, int limit) {
            List<Message> all = List.copyOf(of(conversationId).values());
            return all.subList(Math.max(0, all.size() - limit), all.size());
        }

        @Override
        public void putMessage(Message message) {
            of(message.getConversationId()).put(message.getSeq(), message);
        }

        @Override
        public void removeMessagesBelow(String conversationId, long seq) {
            of(conversationId).headMap(seq).clear();
        }

        @Override
        public List<OutboxItem> outbox() {
            List<OutboxItem> items = new ArrayList<>(outbox.values());
            items.sort(Comparator.comparingLong(OutboxItem::order));
            return items;
        }

        @Override
        public @Nullable OutboxItem outboxItem(String localId) {
            return outbox.get(localId);
        }

        @Override
        public void putOutboxItem(OutboxItem item) {
            outbox.put(item.localId(), item);
        }

        @Override
        public void removeOutboxItem(String localId) {
            outbox.remove(localId);
        }

        @Override
        public List<PendingRead> pendingReads() {
            List<PendingRead> all = new ArrayList<>(reads);
            all.sort(
                    Comparator.comparing(PendingRead::conversationId)
                            .thenComparingLong(PendingRead::seq));
            return all;
        }

        @Override
        public void putPendingRead(PendingRead read) {
            removePendingReads(read.conversationId(), read.seq(), read.seq());
            reads.add(read);
        }

        @Override
        public void removePendingReads(String conversationId, long fromSeq, long toSeq) {
            reads.removeIf(read ->
                    read.conversationId().equals(conversationId)
                            && read.seq() >= fromSeq
                            && read.seq() <= toSeq);
        }

        @Override
        public void forget() {
            position = null;
            conversations.clear();
            messages.clear();
        }
    }
}
