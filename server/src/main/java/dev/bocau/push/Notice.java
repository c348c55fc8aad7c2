package dev.bocau.push;

import dev.bocau.model.ConversationId;
import dev.bocau.model.UserId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What a push says. About one conversation: a later one takes the place of an earlier one.
public sealed interface Notice {
    int COLLAPSE_BYTES = 24;

    ConversationId conversation();

    /// What the user has not read, in all conversations.
    int badge();

    /// The same for every provider, all as texts, since one of them knows no others. At most 3,300
    /// bytes as JSON.
    Map<String, String> fields();

    /// What providers know the conversation by, so that a later notice takes the place of an
    /// earlier one: 32 characters of base64url, of the SHA-256 of its id. Each of them takes that
    /// much.
    default String collapseId() {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(conversation().value().getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().encodeToString(Arrays.copyOf(digest, COLLAPSE_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new LinkageError("every Java has SHA-256", e);
        }
    }

    /// There is something new.
    ///
    /// @param title of the conversation; empty in a direct one
    /// @param senderName of who has sent the newest message; empty: the user has none
    /// @param count of what is not read in this conversation
    /// @param content of the newest message, if it may be shown
    record Arrived(
            ConversationId conversation,
            String title,
            UserId sender,
            String senderName,
            int count,
            int badge,
            Optional<String> content)
            implements Notice {
        private static final int NAME_BYTES = 192;
        private static final int CONTENT_BYTES = 1_024;

        public Arrived {
            title = shortened(title, NAME_BYTES);
            senderName = shortened(senderName, NAME_BYTES);
            content = content.map(text -> shortened(text, CONTENT_BYTES));
        }

        /// Who or what it is from, as a person would say.
        public String from() {
            String name = senderName.isEmpty() ? sender.value() : senderName;
            return title.isEmpty() ? name : title + " · " + name;
        }

        @Override
        public Map<String, String> fields() {
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("type", "message");
            fields.put("conversationId", conversation.value());
            fields.put("title", title);
            fields.put("senderId", sender.value());
            fields.put("senderName", senderName);
            fields.put("count", Integer.toString(count));
            fields.put("badge", Integer.toString(badge));
            content.ifPresent(text -> fields.put("content", text));
            return fields;
        }
    }

    /// What was pushed of the conversation was read elsewhere, or is not for this user any more.
    record TakenBack(ConversationId conversation, int badge) implements Notice {
        @Override
        public Map<String, String> fields() {
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("type", "taken_back");
            fields.put("conversationId", conversation.value());
            fields.put("badge", Integer.toString(badge));
            return fields;
        }
    }

    /// As much of a text as fits, on one line.
    private static String shortened(String text, int maxBytes) {
        StringBuilder shortened = new StringBuilder();
        int bytes = 0;
        for (int codePoint : text.codePoints().toArray()) {
            int shown = Character.isISOControl(codePoint) ? ' ' : codePoint;
            bytes += Character.toString(shown).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > maxBytes - 3) {
                return shortened.append('…').toString();
            }
            shortened.appendCodePoint(shown);
        }
        return shortened.toString();
    }
}
