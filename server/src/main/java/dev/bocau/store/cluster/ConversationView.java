package dev.bocau.store.cluster;

import dev.bocau.model.ConversationId;
import dev.bocau.model.Message;

/// How a conversation stands, as the static columns of its newest bucket say: what the next step on
/// it is decided against.
///
/// @param lastMs the time of its newest message; 0: none
/// @param version of its roster
record ConversationView(
        ConversationId id, long bucket, long head, long lastMs, long version, Roster roster) {

    /// Messages of one partition.
    static final long BUCKET = 1_024;

    static long bucketOf(long seq) {
        return (seq - 1) / BUCKET;
    }

    /// The last message that fits into a bucket.
    static long full(long bucket) {
        return (bucket + 1) * BUCKET;
    }

    /// The last message that fits into the newest bucket.
    long full() {
        return full(bucket);
    }

    /// How it stands once this message is its newest.
    ConversationView after(Message newest) {
        return new ConversationView(
                id, bucket, newest.seq(), newest.timestampMs(), version, roster);
    }
}
