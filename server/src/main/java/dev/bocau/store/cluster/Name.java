package dev.bocau.store.cluster;

import dev.bocau.model.ConversationId;
import dev.bocau.model.Track;
import java.util.Optional;

/// What an entry of a log in Redis is about. An entry put under a name that is there already
/// supersedes it.
///
/// @param about what of the conversation: a seq, a device, a user; empty for a title. No id has a
///   `/`.
record Name(Sort sort, ConversationId conversation, String about) {
    /// What {@link Sort#MEMBERSHIP} is about where the user is out; otherwise it is the last seq
    /// that the conversation had.
    static final String LEFT = "x";

    /// What has changed.
    enum Sort {
        ADDED('a', Track.CHANGES),
        CHANGED('c', Track.CHANGES),
        MEMBERSHIP('m', Track.CHANGES),
        RESTATED('t', Track.CHANGES),
        READ_HERE('h', Track.CHANGES),
        DELIVERED('d', Track.DELIVERED),
        READ('r', Track.READ);

        private final char letter;
        private final Track track;

        Sort(char letter, Track track) {
            this.letter = letter;
            this.track = track;
        }

        Track track() {
            return track;
        }

        private static Optional<Sort> of(char letter) {
            for (Sort sort : values()) {
                if (sort.letter == letter) {
                    return Optional.of(sort);
                }
            }
            return Optional.empty();
        }
    }

    /// As Redis has it.
    @Override
    public String toString() {
        return sort.letter + "/" + conversation + "/" + about;
    }

    /// The name of this text; empty if it is none, as a later version may have written.
    static Optional<Name> of(String text) {
        String[] parts = text.split("/", 3);
        if (parts.length != 3 || parts[0].length() != 1) {
            return Optional.empty();
        }
        return Sort.of(parts[0].charAt(0))
                .map(sort -> new Name(sort, new ConversationId(parts[1]), parts[2]));
    }
}
