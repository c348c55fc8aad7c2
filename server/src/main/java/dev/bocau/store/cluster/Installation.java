package dev.bocau.store.cluster;

import dev.bocau.model.ConversationId;
import dev.bocau.model.UserId;

/// How this installation's things are called in Cassandra and Redis, which it may share with
/// others.
///
/// @param name in front of every id, with a `/`, which is in none; empty: alone
record Installation(String name) {
    String of(UserId user) {
        return of(user.value());
    }

    String of(ConversationId conversation) {
        return of(conversation.value());
    }

    /// What belongs to all of it; never the name of another one.
    String key() {
        return name.isEmpty() ? "/" : name;
    }

    String of(String id) {
        return name.isEmpty() ? id : name + "/" + id;
    }
}
